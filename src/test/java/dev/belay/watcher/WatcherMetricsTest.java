package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatcherMetricsTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /** Else Prometheus sees no increase when the first rollback fails, and nobody is alerted. */
  @Test
  void every_series_of_a_watcher_is_there_before_anything_is_counted() {
    new WatcherMetrics(registry, Optional.of("WATCHER")).bindTo(registry);
    assertThat(registry.get("belay.rollbacks").tag("outcome", "failed").counter().count()).isZero();
    assertThat(registry.find("belay.rollbacks").counters()).hasSize(2);
    assertThat(registry.find("belay.verdicts").counters()).hasSize(2);
    assertThat(registry.find("belay.change.duration").timers()).hasSize(2);
    assertThat(registry.find("belay.rollback.duration").timers()).hasSize(2);
  }

  @Test
  void a_gate_has_none_of_them() {
    new WatcherMetrics(registry, Optional.of("GATE")).bindTo(registry);
    assertThat(registry.getMeters()).isEmpty();
  }
}
