package dev.belay.health;

import dev.belay.certificate.ServedKey;
import dev.belay.cluster.Leadership;
import dev.belay.cluster.ServerClock;
import dev.belay.watcher.Watcher;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What is to be looked at before it is too late. A value that does not apply here is NaN. */
@Singleton
class Gauges implements MeterBinder {

  private final Watcher watcher;
  private final Leadership leadership;
  private final ServedKey key;
  private final ServerClock clock;

  Gauges(Watcher watcher, Leadership leadership, ServedKey key, ServerClock clock) {
    this.watcher = watcher;
    this.leadership = leadership;
    this.key = key;
    this.clock = clock;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("belay.leading", leadership, leads -> leads.leading() ? 1 : 0)
        .description("1 in the watcher that leads, 0 in the others and in gates")
        .register(registry);
    Gauge.builder("belay.last.list.age", this, Gauges::sinceLastList)
        .description(
            "Time since the watcher that leads has last listed all releases, or leads without a list")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder(
            "belay.clock.skew",
            clock,
            time -> time.isKnown() ? time.skew().toMillis() / 1e3 : Double.NaN)
        .description(
            "How far the clock of this machine is ahead of the API server's, by which Belay goes")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("belay.certificate.remaining", this, Gauges::certificateLeft)
        .description("Time until the certificate that this gate serves ends")
        .baseUnit("seconds")
        .register(registry);
  }

  private double sinceLastList() {
    return leadership.leading()
        ? sinceLastList(watcher.startedAt(), watcher.lastList(), clock.now())
        : Double.NaN;
  }

  /** One that has never listed anything has been late since it began: nobody may overlook it. */
  static double sinceLastList(Instant startedAt, Instant lastList, Instant now) {
    Instant last = lastList.isAfter(startedAt) ? lastList : startedAt;
    return Duration.between(last, now).toMillis() / 1e3;
  }

  private double certificateLeft() {
    Optional<Instant> expiry = key.expiry();
    return expiry.isPresent()
        ? Duration.between(clock.now(), expiry.get()).toSeconds()
        : Double.NaN;
  }
}
