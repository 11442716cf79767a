package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReviewMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final ReviewMetrics metrics = new ReviewMetrics(registry, Optional.of("GATE"));

  @Test
  void a_review_is_counted_with_its_result_and_its_time() {
    metrics.begin("final", review("0b2f5c1e")).ended(ReviewMetrics.DENIED);
    assertThat(count("final", "denied")).isEqualTo(1);
    assertThat(registry.get("belay.review.duration").tag("webhook", "final").timer().count())
        .isEqualTo(1);
  }

  @Test
  void what_a_gate_asks_itself_is_no_review() {
    metrics.begin("final", review("warm-up")).ended(ReviewMetrics.DENIED);
    assertThat(registry.getMeters()).isEmpty();
  }

  /** Else Prometheus sees no increase when the first one is counted. */
  @Test
  void every_series_of_a_gate_is_there_before_anything_is_counted() {
    metrics.bindTo(registry);
    assertThat(registry.find("belay.reviews").counters()).hasSize(15);
    assertThat(count("preflight", "no_room")).isZero();
    assertThat(registry.find("belay.review.duration").timers()).hasSize(3);
  }

  @Test
  void a_watcher_has_none_of_them() {
    new ReviewMetrics(registry, Optional.of("WATCHER")).bindTo(registry);
    assertThat(registry.getMeters()).extracting(Meter::getId).isEmpty();
  }

  private double count(String webhook, String result) {
    return registry
        .get("belay.reviews")
        .tags("webhook", webhook, "result", result)
        .counter()
        .count();
  }

  private static Review review(String uid) {
    return new Review(uid, JsonNodeFactory.instance.objectNode());
  }
}
