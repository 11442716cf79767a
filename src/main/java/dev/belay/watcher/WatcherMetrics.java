package dev.belay.watcher;

import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.Rollback;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * What the watcher has done, and how long it took. All series of a watcher are there from its
 * start: Prometheus sees no increase in one that appears with its first count, and an alert would
 * miss the first rollback that failed.
 */
@ApplicationScoped
class WatcherMetrics implements MeterBinder {

  private static final String PROMOTED = "promoted";
  private static final String ROLLED_BACK = "rolled_back";
  private static final String SUCCEEDED = "succeeded";
  private static final String FAILED = "failed";

  private final MeterRegistry registry;
  private final boolean isWatcher;

  WatcherMetrics(
      MeterRegistry registry, @ConfigProperty(name = "belay.role") Optional<String> role) {
    this.registry = registry;
    this.isWatcher = role.isPresent() && !role.get().equals("GATE");
  }

  @Override
  public void bindTo(MeterRegistry all) {
    if (isWatcher) {
      for (String verdict : List.of(PROMOTED, ROLLED_BACK)) {
        verdicts(verdict);
        changes(verdict);
      }
      for (String outcome : List.of(SUCCEEDED, FAILED)) {
        rollbacks(outcome);
        durations(outcome);
      }
    }
  }

  /** A change was proven. */
  void promoted(@Nullable ChangeSet change, Instant now) {
    verdict(PROMOTED, change, now);
  }

  /** A change failed, and is going to be undone. */
  void rollbackBegun(@Nullable ChangeSet change, Instant now) {
    verdict(ROLLED_BACK, change, now);
  }

  void rolledBack(Rollback rollback, Instant now) {
    rollback(SUCCEEDED, rollback, now);
  }

  void rollbackFailed(Rollback rollback, Instant now) {
    rollback(FAILED, rollback, now);
  }

  /** From when the change began to its verdict. */
  private void verdict(String verdict, @Nullable ChangeSet change, Instant now) {
    verdicts(verdict).increment();
    if (change != null) {
      changes(verdict).record(Duration.between(change.startedAt(), now));
    }
  }

  /** From when it was decided to when the restored workloads were ready again, or given up. */
  private void rollback(String outcome, Rollback rollback, Instant now) {
    rollbacks(outcome).increment();
    durations(outcome).record(Duration.between(rollback.startedAt(), now));
  }

  private Counter verdicts(String verdict) {
    return Counter.builder("belay.verdicts")
        .description("Changes that had their verdict")
        .tag("verdict", verdict)
        .register(registry);
  }

  private Timer changes(String verdict) {
    return Timer.builder("belay.change.duration")
        .description("Time from when a change began to its verdict")
        .tag("verdict", verdict)
        .register(registry);
  }

  private Counter rollbacks(String outcome) {
    return Counter.builder("belay.rollbacks")
        .description("Rollbacks that have ended")
        .tag("outcome", outcome)
        .register(registry);
  }

  private Timer durations(String outcome) {
    return Timer.builder("belay.rollback.duration")
        .description(
            "Time from the decision to roll back to when the restored workloads were ready, or it was given up")
        .tag("outcome", outcome)
        .register(registry);
  }
}
