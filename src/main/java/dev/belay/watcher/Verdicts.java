package dev.belay.watcher;

import dev.belay.api.Condition;
import dev.belay.api.Failure;
import dev.belay.api.KnownBad;
import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.cluster.EventWriter;
import dev.belay.cluster.Releases;
import dev.belay.cluster.Revisions;
import dev.belay.membership.Flux;
import dev.belay.readiness.Cause;
import dev.belay.report.ChangeName;
import dev.belay.rollout.Decision;
import dev.belay.watcher.Promotion.Promoted;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Says how a change ended: in the status, as an Event, in the log, in the metrics and in a trace.
 */
@ApplicationScoped
class Verdicts {

  private static final Logger LOG = Logger.getLogger(Verdicts.class);

  private final Releases releases;
  private final Revisions revisions;
  private final EventWriter events;
  private final Policies policies;
  private final WatcherMetrics metrics;
  private final WatcherTraces traces;
  private final Kept kept;
  private final HelmHistoryRepair history;

  Verdicts(
      Releases releases,
      Revisions revisions,
      EventWriter events,
      Policies policies,
      WatcherMetrics metrics,
      WatcherTraces traces,
      Kept kept,
      HelmHistoryRepair history) {
    this.releases = releases;
    this.revisions = revisions;
    this.events = events;
    this.policies = policies;
    this.metrics = metrics;
    this.traces = traces;
    this.kept = kept;
    this.history = history;
  }

  /**
   * A change that failed and that Helm has undone itself.
   *
   * @param bad the lock on it; null where it does not hold
   */
  record Undone(Failure failure, @Nullable KnownBad bad) {}

  /**
   * The newest state is stored, and from here on what is listed of it is what counts.
   *
   * @param judged Helm's number of the last revision that has its verdict now
   * @param undone the failure that Helm has undone itself by this state: it stays to be read, and
   *     what failed stays refused
   */
  void promoted(
      ReleaseKey key,
      Release release,
      Promoted promoted,
      int judged,
      @Nullable Undone undone,
      Instant now) {
    ChangeSet change = release.status().changeSet();
    Stable stable = promoted.stable();
    String message =
        "%s is healthy%s; stored as revision %d"
            .formatted(
                ChangeName.first(
                    change == null ? stable.helmRevision() : change.helmRevision(),
                    release.status().client()),
                edited(promoted.edited()),
                stable.revision());
    if (undone != null) {
      message +=
          "; Helm has rolled back revision %d: %s"
              .formatted(undone.failure().helmRevision(), undone.failure().message());
    }
    message += leftOut(promoted.notCovered());
    if (!promoted.notCovered().isEmpty()) {
      LOG.warnf("release %s: not covered: %s", key, String.join("; ", promoted.notCovered()));
    }
    LOG.infof("release %s: %s", key, message);
    Release saved =
        releases.update(
            release,
            Conditions.verified(
                release
                    .status()
                    .withStable(stable)
                    .withStored(promoted.stored(), policies.historyLimit(key))
                    .withNotCovered(promoted.notCovered())
                    .withJudged(judged)
                    .withChangeSet(null)
                    .withFailure(undone == null ? null : undone.failure())
                    .withRollback(null)
                    .withKnownBad(undone == null ? null : undone.bad()),
                message,
                now));
    metrics.promoted(change, now);
    traces.promoted(key, release.status(), stable.revision(), now);
    events.write(saved, Reason.Verified, message, now);
    revisions.prune(key.namespace(), key.name(), saved.status().history());
  }

  /** What holds for the release is told, and what it is annotated with and can't be read. */
  Release withSettings(Release release, Instant now) {
    String ignored = Policies.ignored(release.object());
    ReleaseStatus before = release.status();
    ReleaseStatus after = before.withPolicy(policies.named(release)).withIgnored(ignored);
    if (after.equals(before)) {
      return release;
    }
    Release saved = releases.update(release, after);
    if (!ignored.isEmpty() && !ignored.equals(before.ignored())) {
      LOG.warnf("release %s/%s: %s", release.namespace(), release.name(), ignored);
      events.write(saved, Reason.Ignored, ignored, now);
    }
    return saved;
  }

  /** Whether the same has been said of this change; what is known of it by now is saved then. */
  boolean leftAlready(Release release, Decision.Leave leave, int helmRevision) {
    ReleaseStatus status = release.status().withChangeSet(leave.changeSet());
    boolean already =
        status.failure() != null
            && status.failure().helmRevision() == helmRevision
            && status.failure().reason().equals(leave.cause().reason())
            && said(status, leave.reason());
    if (already) {
      releases.updateIfNew(release, status);
    }
    return already;
  }

  /**
   * A change failed and stays.
   *
   * @param reported the status, with the failure and what of the change is not covered
   */
  void left(
      ReleaseKey key, Release release, Decision.Leave leave, ReleaseStatus reported, Instant now) {
    Failure failure = java.util.Objects.requireNonNull(reported.failure());
    ReleaseStatus failed = reported.withChangeSet(leave.changeSet());
    String message =
        leaveMessage(leave.reason(), failure.message()) + leftOut(reported.notCovered());
    LOG.warnf("release %s: %s", key, message);
    Release saved = releases.update(release, Conditions.left(failed, leave.reason(), message, now));
    traces.left(key, failed, leave.reason(), failure, now);
    events.write(saved, leave.reason(), message, now);
  }

  /**
   * After a rollback that failed, what is there now is not ready either: it is left as it is, and
   * why the change had failed stays to be read.
   */
  void notRepaired(ReleaseKey key, Release release, Decision.Leave leave, Instant now) {
    ReleaseStatus status = release.status().withChangeSet(leave.changeSet());
    if (said(status, Reason.RollbackFailed)) {
      releases.updateIfNew(release, status);
      return;
    }
    Cause cause = leave.cause();
    String object = cause.object().name().isEmpty() ? "" : cause.object().display() + ": ";
    String message =
        "after a rollback that failed, this is not ready either: %s%s; left as it is"
            .formatted(object, cause.message());
    LOG.warnf("release %s: %s", key, message);
    releases.update(release, Conditions.rollbackFailed(status, message, now));
  }

  /** The stable revision is back, and ready. */
  void rolledBack(ReleaseKey key, Release release, Instant now) {
    ReleaseStatus status = release.status();
    Rollback rollback = java.util.Objects.requireNonNull(status.rollback());
    String cause = status.failure() == null ? "" : ": " + status.failure().message();
    String left = kept.words(key, status, rollback);
    String message =
        "%s failed and was rolled back to stored revision %d%s%s"
            .formatted(
                ChangeName.first(rollback.helmRevision(), status.client()),
                rollback.toRevision(),
                left.isEmpty() ? "" : " (" + left + ")",
                cause);
    message += leftOut(status.notCovered());
    if (rollback.helmRevision() > 0 && status.client().equals(Flux.NAME)) {
      message += "; Helm's history is Flux's, and stays as Flux left it";
    } else if (rollback.helmRevision() > 0) {
      message += history.untold(key, rollback);
    }
    LOG.infof("release %s: %s", key, message);
    Release saved =
        releases.update(
            release,
            Conditions.rolledBack(
                status.withChangeSet(null).withRollback(rollback.finished(now)), message, now));
    metrics.rolledBack(rollback, now);
    traces.rollbackEnded(key, status, rollback, now, null);
    events.write(saved, Reason.RolledBack, message, now);
  }

  /** The release is gone, and everything that was kept of it goes too. */
  void forget(Release release) {
    LOG.infof(
        "release %s/%s is uninstalled: its revisions go with it",
        release.namespace(), release.name());
    revisions.forget(release.namespace(), release.name());
    releases.delete(release);
  }

  /** Whether that is still what the conditions say: the release may have recovered in between. */
  private static boolean said(ReleaseStatus status, Reason reason) {
    return status.conditions().stream()
        .anyMatch(
            condition ->
                condition.type().equals(Condition.READY)
                    && condition.reason().equals(reason.name()));
  }

  /** What its client has sent of these is not what is there. */
  private static String edited(List<String> edited) {
    return edited.isEmpty()
        ? ""
        : edited.size() == 1
            ? ", with " + edited.getFirst() + " meanwhile"
            : ", with %s meanwhile, and %d more of its objects"
                .formatted(edited.getFirst(), edited.size() - 1);
  }

  private static String leftOut(List<String> notCovered) {
    return notCovered.isEmpty()
        ? ""
        : "; %d of its objects left out: status.notCovered says which and why"
            .formatted(notCovered.size());
  }

  private static String leaveMessage(Reason reason, String cause) {
    String why =
        switch (reason) {
          case NoStableRevision -> "no revision of this release has been healthy yet";
          case RollbackManual -> "its policy leaves the rollback to you";
          case RollbackOff -> "its policy wants no rollback";
          default -> "the namespace is only observed";
        };
    return cause + "; left as it is: " + why;
  }
}
