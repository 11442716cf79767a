package dev.belay.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Counts reviews and their results, and the time that they take. All series of a gate are there
 * from its start: Prometheus sees no increase in one that appears with its first count, and an
 * alert would miss that.
 */
@ApplicationScoped
class ReviewMetrics implements MeterBinder {

  static final String ALLOWED = "allowed";
  static final String DENIED = "denied";

  /** Allowed, with a warning: Belay could not check it. */
  static final String ERROR = "error";

  /** What came is no review. */
  static final String BAD_REQUEST = "bad_request";

  /** Too many large ones at once. */
  static final String NO_ROOM = "no_room";

  private static final List<String> WEBHOOKS = List.of("preflight", "early", "final");
  private static final List<String> RESULTS = List.of(ALLOWED, DENIED, ERROR, BAD_REQUEST, NO_ROOM);

  /** Up to the timeout of the slowest webhook. */
  private static final Duration[] BUCKETS =
      Stream.of(5, 20, 100, 500, 1_000, 3_000, 10_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final boolean isGate;

  // Looked up here: the registry makes a name and sorts its tags each time.
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  ReviewMetrics(
      MeterRegistry registry, @ConfigProperty(name = "belay.role") Optional<String> role) {
    this.registry = registry;
    this.isGate = role.isPresent() && !role.get().equals("WATCHER");
  }

  @Override
  public void bindTo(MeterRegistry all) {
    if (isGate) {
      WEBHOOKS.forEach(
          webhook -> {
            RESULTS.forEach(result -> counter(webhook, result));
            durations(webhook);
          });
    }
  }

  /**
   * A review was turned away.
   *
   * @param webhook one of the entries
   * @param result {@link #BAD_REQUEST} or {@link #NO_ROOM}
   */
  void turnedAway(String webhook, String result) {
    counter(webhook, result).increment();
  }

  /** A review begins. */
  Begun begin(String webhook, Review review) {
    return new Begun(this, webhook, !WarmUp.isOne(review), Timer.start(registry));
  }

  /**
   * A review that has begun.
   *
   * @param counts whether somebody has asked: what a gate asks itself to get warm is no review
   */
  record Begun(ReviewMetrics metrics, String webhook, boolean counts, Timer.Sample time) {
    void ended(String result) {
      if (counts) {
        metrics.counter(webhook, result).increment();
        time.stop(metrics.durations(webhook));
      }
    }
  }

  private Counter counter(String webhook, String result) {
    return counters.computeIfAbsent(
        webhook + " " + result,
        name ->
            Counter.builder("belay.reviews")
                .description("Reviews that were answered or turned away")
                .tags("webhook", webhook, "result", result)
                .register(registry));
  }

  private Timer durations(String webhook) {
    return timers.computeIfAbsent(
        webhook,
        name ->
            Timer.builder("belay.review.duration")
                .description("Time that Belay takes for a review, once there is room for it")
                .tag("webhook", name)
                .serviceLevelObjectives(BUCKETS)
                .register(registry));
  }
}
