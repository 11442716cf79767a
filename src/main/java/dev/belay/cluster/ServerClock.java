package dev.belay.cluster;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What time it is by the API server, from the {@code Date} of its answers. Objects carry its times,
 * so a verdict that compares them with a clock of this machine would be as wrong as that clock.
 *
 * <p>An answer's {@code Date} has whole seconds and is from before the answer arrives, so it is
 * always a little late. The latest of the last minute, carried on by this machine's steady timer,
 * is what counts: behind the API server's clock by less than a second, and never ahead of it. Where
 * several API servers answer whose clocks differ, it is the time of the fastest. Before the first
 * answer it is this machine's own time.
 */
@Singleton
public class ServerClock {

  /** Dates that are older than two of these count no more: the server's clock may be set back. */
  private static final Duration HALF_WINDOW = Duration.ofSeconds(30);

  /** A clock that is further off than this is not synchronized. */
  static final Duration MAX_SKEW = Duration.ofSeconds(5);

  private static final long UNKNOWN = Long.MIN_VALUE;

  private final LongSupplier nanos;
  private final InstantSource own;

  /** The latest begin of {@link #nanos}, in nanoseconds since the epoch, of the present half. */
  private long latest = UNKNOWN;

  /** The same of the half before. */
  private long latestBefore = UNKNOWN;

  private long halfBegan;

  public ServerClock() {
    this(System::nanoTime, InstantSource.system());
  }

  /**
   * A clock with these for this machine's.
   *
   * @param nanos the steady timer
   * @param own the time of day
   */
  ServerClock(LongSupplier nanos, InstantSource own) {
    this.nanos = nanos;
    this.own = own;
  }

  /** Now, in whole milliseconds. */
  public synchronized Instant now() {
    return exact().truncatedTo(ChronoUnit.MILLIS);
  }

  /** Whether the API server has said what time it is. */
  public synchronized boolean isKnown() {
    return latest != UNKNOWN;
  }

  /** How far this machine's clock is ahead of the API server's; negative where it is behind. */
  public synchronized Duration skew() {
    return Duration.between(exact(), own.instant());
  }

  /** What is to be said of this machine's clock; empty where it is right to within seconds. */
  public Optional<String> warning() {
    Duration skew = skew();
    return skew.abs().compareTo(MAX_SKEW) <= 0
        ? Optional.empty()
        : Optional.of(
            "this machine's clock is %d s %s the API server's. Belay goes by the API server's; check the time synchronization of this machine"
                .formatted(skew.abs().toSeconds(), skew.isNegative() ? "behind" : "ahead of"));
  }

  private Instant exact() {
    if (latest == UNKNOWN) {
      return own.instant();
    }
    long began = Math.max(latest, latestBefore);
    return Instant.EPOCH.plusNanos(began + nanos.getAsLong());
  }

  /** Takes note of an answer with this date that has just arrived. */
  synchronized void heard(Instant date) {
    long now = nanos.getAsLong();
    long began = Duration.between(Instant.EPOCH, date).toNanos() - now;
    if (latest == UNKNOWN) {
      halfBegan = now;
    } else if (now - halfBegan > HALF_WINDOW.toNanos()) {
      latestBefore = latest;
      latest = UNKNOWN;
      halfBegan = now;
    }
    latest = Math.max(latest, began);
  }
}
