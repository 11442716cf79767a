package dev.belay.watcher;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts verdicts and rollbacks. */
@ApplicationScoped
class WatcherMetrics {

  private final MeterRegistry registry;

  WatcherMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void promoted() {
    registry.counter("belay.verdicts", "verdict", "promoted").increment();
  }

  void rollbackBegun() {
    registry.counter("belay.verdicts", "verdict", "rolled_back").increment();
  }

  void rolledBack() {
    registry.counter("belay.rollbacks", "outcome", "succeeded").increment();
  }

  void rollbackFailed() {
    registry.counter("belay.rollbacks", "outcome", "failed").increment();
  }
}
