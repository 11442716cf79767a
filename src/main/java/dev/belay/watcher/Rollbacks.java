package dev.belay.watcher;

import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.Rollback;
import dev.belay.cluster.Releases;
import dev.belay.rollout.Decision;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Acts on what is decided of a rollback, whatever client made the change that failed. */
@ApplicationScoped
class Rollbacks {

  private static final Logger LOG = Logger.getLogger(Rollbacks.class);

  private final Releases releases;
  private final RollbackRun run;
  private final Unstick unstick;
  private final Verdicts verdicts;
  private final WatcherMetrics metrics;
  private final WatcherTraces traces;

  Rollbacks(
      Releases releases,
      RollbackRun run,
      Unstick unstick,
      Verdicts verdicts,
      WatcherMetrics metrics,
      WatcherTraces traces) {
    this.releases = releases;
    this.run = run;
    this.unstick = unstick;
    this.verdicts = verdicts;
    this.metrics = metrics;
    this.traces = traces;
  }

  /** Does the steps of a rollback that has just been saved. */
  void begun(ReleaseKey key, Begun begun) throws Unreadable {
    ReleaseStatus status = begun.release().status();
    Rollback rollback = java.util.Objects.requireNonNull(status.rollback());
    metrics.rollbackBegun(status.changeSet(), rollback.startedAt());
    traces.rollbackBegun(key, status, rollback);
    run.run(key, begun);
  }

  /**
   * Does what is decided.
   *
   * @return when to look again at the latest; empty when only a change makes it worth while
   */
  Optional<Instant> act(ReleaseKey key, Release release, Decision.OfRollback decision, Instant now)
      throws Unreadable {
    ReleaseStatus status = release.status();
    return switch (decision) {
      case Decision.Resume resume -> {
        LOG.infof("release %s: going on with its rollback", key);
        run.run(key, release);
        yield Optional.of(now);
      }
      case Decision.AwaitRestored await -> {
        Rollback rollback = java.util.Objects.requireNonNull(status.rollback());
        unstick.run(release, rollback, now);
        releases.updateIfNew(
            release,
            Conditions.rollingBack(
                status.withRollback(rollback.withProgress(await.progress())),
                "restored; " + await.message(),
                now));
        yield Optional.of(await.revisit());
      }
      case Decision.RolledBack rolledBack -> {
        verdicts.rolledBack(key, release, now);
        yield Optional.empty();
      }
      case Decision.RollbackFailed failed -> {
        run.giveUp(key, release, failed.message(), now);
        yield Optional.of(now);
      }
    };
  }
}
