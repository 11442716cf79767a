package dev.belay.admission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Counts reviews and their results, and the time that they take. */
@ApplicationScoped
class ReviewMetrics {

  /** Up to the timeout of the slowest webhook. */
  private static final Duration[] BUCKETS =
      Stream.of(5, 20, 100, 500, 1_000, 3_000, 10_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;

  // Looked up here: the registry makes a name and sorts its tags each time.
  private final Map<String, Timer> timers = new ConcurrentHashMap<>();
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  ReviewMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /**
   * A review has ended, or was turned away.
   *
   * @param webhook one of the entries
   * @param result one of a few words
   */
  void count(String webhook, String result) {
    counters
        .computeIfAbsent(
            webhook + " " + result,
            name -> registry.counter("belay.reviews", "webhook", webhook, "result", result))
        .increment();
  }

  /** A review begins: to be stopped with {@link #durations}. */
  Timer.Sample begin() {
    return Timer.start(registry);
  }

  Timer durations(String webhook) {
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
