package dev.belay.watcher;

import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.Rollback;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the watcher has done, and how long it took. */
@ApplicationScoped
class WatcherMetrics {

  private final MeterRegistry registry;

  WatcherMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A change was proven. */
  void promoted(@Nullable ChangeSet change, Instant now) {
    verdict("promoted", change, now);
  }

  /** A change failed, and is going to be undone. */
  void rollbackBegun(@Nullable ChangeSet change, Instant now) {
    verdict("rolled_back", change, now);
  }

  void rolledBack(Rollback rollback, Instant now) {
    rollback("succeeded", rollback, now);
  }

  void rollbackFailed(Rollback rollback, Instant now) {
    rollback("failed", rollback, now);
  }

  /** From when the change began to its verdict. */
  private void verdict(String verdict, @Nullable ChangeSet change, Instant now) {
    registry.counter("belay.verdicts", "verdict", verdict).increment();
    if (change != null) {
      registry
          .timer("belay.change.duration", "verdict", verdict)
          .record(Duration.between(change.startedAt(), now));
    }
  }

  /** From when it was decided to when the restored workloads were ready again, or given up. */
  private void rollback(String outcome, Rollback rollback, Instant now) {
    registry.counter("belay.rollbacks", "outcome", outcome).increment();
    registry
        .timer("belay.rollback.duration", "outcome", outcome)
        .record(Duration.between(rollback.startedAt(), now));
  }
}
