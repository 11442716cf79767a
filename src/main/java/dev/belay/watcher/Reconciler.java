package dev.belay.watcher;

import dev.belay.api.Condition;
import dev.belay.api.Failure;
import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.cluster.EventWriter;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.Namespaces;
import dev.belay.cluster.Releases;
import dev.belay.cluster.Revisions;
import dev.belay.helm.HelmRecord;
import dev.belay.manifest.KubeObject;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import dev.belay.rollout.Decision;
import dev.belay.rollout.Observation;
import dev.belay.rollout.Rollout;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one release: observe, decide, save, act, report.
 *
 * <p>A pass can be repeated at any time and after a crash at any point: what it does next follows
 * from what is stored. The status is written before anything is done to other objects.
 */
@ApplicationScoped
class Reconciler {

  private static final Logger LOG = Logger.getLogger(Reconciler.class);

  /** How often a failed release that is left as it is gets looked at: it may recover. */
  private static final Duration LEFT_REVISIT = Duration.ofSeconds(5);

  private static final String HELM = "Helm";

  private final Namespaces namespaces;
  private final HelmRecords records;
  private final Releases releases;
  private final Revisions revisions;
  private final Observer observer;
  private final Promotion promotion;
  private final RollbackStart rollbackStart;
  private final RollbackRun rollbackRun;
  private final Unstick unstick;
  private final WaitingClient waitingClient;
  private final HelmHistoryRepair history;
  private final EventWriter events;
  private final Policies policies;
  private final WatcherMetrics metrics;
  private final Clock clock = Clock.systemUTC();

  Reconciler(
      Namespaces namespaces,
      HelmRecords records,
      Releases releases,
      Revisions revisions,
      Observer observer,
      Promotion promotion,
      RollbackStart rollbackStart,
      RollbackRun rollbackRun,
      Unstick unstick,
      WaitingClient waitingClient,
      HelmHistoryRepair history,
      EventWriter events,
      Policies policies,
      WatcherMetrics metrics) {
    this.namespaces = namespaces;
    this.records = records;
    this.releases = releases;
    this.revisions = revisions;
    this.observer = observer;
    this.promotion = promotion;
    this.rollbackStart = rollbackStart;
    this.rollbackRun = rollbackRun;
    this.unstick = unstick;
    this.waitingClient = waitingClient;
    this.history = history;
    this.events = events;
    this.policies = policies;
    this.metrics = metrics;
  }

  /**
   * Does what is to be done for this release.
   *
   * @return when to look again at the latest; empty when only a change makes it worth while
   */
  Optional<Instant> pass(ReleaseKey key) throws Unreadable {
    Mode mode = namespaces.mode(key.namespace());
    if (mode == Mode.NONE) {
      return leaveAlone(key);
    }
    List<KubeObject> history = records.metadata(key.namespace(), new ReleaseName(key.name()));
    Optional<Release> existing = releases.get(key.namespace(), key.name());
    if (history.isEmpty()) {
      existing
          .filter(Reconciler::wasHelms)
          .map(release -> waitingClient.takeBack(release, now()))
          .ifPresent(this::forget);
      return Optional.empty();
    }
    Release release =
        existing.isPresent() && existing.get().status().known() ? existing.get() : adopt(key);
    if (existing.isEmpty()) {
      int newest = HelmRecords.revision(history.getLast());
      waitingClient.sweep(observer.manifest(key, newest), key.namespace());
    }
    Instant now = now();
    Observation seen = observer.observe(key, mode, release.status(), history.getLast(), now);
    ReleaseStatus status = unjudgedIfReinstalled(key, release.status(), seen.helm());
    Decision decision = Rollout.decide(status, seen, policies.of(release), now);
    Release after = waitingClient.takeBack(release, seen, decision, now);
    Optional<Instant> revisit = act(key, after, seen, decision, now);
    return revisit.isEmpty() && after.status().told() != null
        ? Optional.of(now.plus(LEFT_REVISIT))
        : revisit;
  }

  /**
   * Nothing is done where the label is gone, but what a client was told is taken back there too.
   */
  private Optional<Instant> leaveAlone(ReleaseKey key) {
    Instant now = now();
    return releases
        .get(key.namespace(), key.name())
        .filter(release -> release.status().told() != null)
        .map(release -> waitingClient.takeBack(release, now))
        .filter(release -> release.status().told() != null)
        .map(release -> now.plus(LEFT_REVISIT));
  }

  private Optional<Instant> act(
      ReleaseKey key, Release release, Observation seen, Decision decision, Instant now)
      throws Unreadable {
    ReleaseStatus status = release.status();
    return switch (decision) {
      case Decision.Settled settled -> Optional.empty();
      case Decision.Forget forget -> Optional.empty();
      case Decision.Open open -> {
        LOG.infof(
            "release %s: a change begins, Helm revision %d", key, open.changeSet().helmRevision());
        ReleaseStatus known = sameRelease(key, status, open.changeSet().helmRevision());
        save(
            release,
            Conditions.verifying(
                known.withClient(HELM).withChangeSet(open.changeSet()).withRollback(over(known)),
                Reason.Verifying,
                "Helm revision %d".formatted(open.changeSet().helmRevision()),
                now));
        yield Optional.of(now);
      }
      case Decision.Wait wait -> {
        save(
            release,
            Conditions.verifying(
                status.withChangeSet(wait.changeSet()), wait.reason(), wait.message(), now));
        yield Optional.of(wait.revisit());
      }
      case Decision.Tell tell -> {
        waitingClient.tell(key, release, seen, tell, now);
        yield Optional.of(tell.revisit());
      }
      case Decision.Promote promote -> {
        Optional<Stable> stable = promotion.promote(key, release, promote.changeSet(), now);
        if (stable.isPresent()) {
          promoted(key, release, stable.get(), now);
        }
        yield stable.isPresent() ? Optional.empty() : Optional.of(now);
      }
      case Decision.Leave leave -> {
        left(key, release, seen, leave, now);
        if (leave.reason() == Reason.NoStableRevision && seen.helm().status().pending()) {
          // Nothing can be put back; but the next upgrade is not to be kept off by a dead client.
          history.free(key, seen.helm().revision(), leave.cause().message(), now);
        }
        yield Optional.of(now.plus(LEFT_REVISIT));
      }
      case Decision.RollBack rollBack -> {
        Release saved = rollbackStart.begin(key, release, seen, rollBack.cause(), now);
        metrics.rollbackBegun();
        rollbackRun.run(key, saved);
        yield Optional.of(now());
      }
      case Decision.Resume resume -> {
        LOG.infof("release %s: going on with its rollback", key);
        rollbackRun.run(key, release);
        yield Optional.of(now());
      }
      case Decision.AwaitRestored await -> {
        unstick.run(release, java.util.Objects.requireNonNull(status.rollback()), now);
        save(release, Conditions.rollingBack(status, "restored; " + await.message(), now));
        yield Optional.of(await.revisit());
      }
      case Decision.RolledBack rolledBack -> {
        finished(key, release, now);
        yield Optional.empty();
      }
      case Decision.RollbackFailed failed -> {
        rollbackRun.giveUp(key, release, failed.message(), now);
        yield Optional.empty();
      }
    };
  }

  /** A rollback that a newer change has overtaken is over; nothing of it is finished. */
  private static @Nullable Rollback over(ReleaseStatus status) {
    Rollback rollback = status.rollback();
    return rollback == null || rollback.finishedAt() != null ? rollback : null;
  }

  /** The status, without the verdict on another release that had this name and this revision. */
  private ReleaseStatus unjudgedIfReinstalled(
      ReleaseKey key, ReleaseStatus status, Observation.Helm helm) throws Unreadable {
    return Lineage.mayBeReinstalled(status, helm)
            && !observer.lineage(key, helm.revision()).equals(status.lineage())
        ? status.withJudged(0)
        : status;
  }

  /** The status, without what it says of another release that had this name before. */
  private ReleaseStatus sameRelease(ReleaseKey key, ReleaseStatus status, int helmRevision)
      throws Unreadable {
    String lineage = observer.lineage(key, helmRevision);
    if (status.lineage().isEmpty() || status.lineage().equals(lineage)) {
      return status.withLineage(lineage);
    }
    LOG.infof("release %s was uninstalled and installed again: its old revisions go", key);
    revisions.forget(key.namespace(), key.name());
    return ReleaseStatus.NEW.withLineage(lineage);
  }

  /** A release that is seen for the first time, or whose {@code Release} was deleted. */
  private Release adopt(ReleaseKey key) {
    Release release = releases.create(key.namespace(), key.name());
    for (int number : revisions.numbers(key.namespace(), key.name())) {
      try {
        Optional<Revision> stored = revisions.read(key.namespace(), key.name(), number);
        if (stored.isPresent()) {
          Revision revision = stored.get();
          return releases.update(
              release,
              release
                  .status()
                  .withLineage(revision.lineage())
                  .withStable(
                      new Stable(
                          revision.number(), revision.helmRevision(), revision.verifiedAt())));
        }
      } catch (RevisionException e) {
        LOG.warnf("release %s: stored revision %d is not used: %s", key, number, e.getMessage());
      }
    }
    return release;
  }

  private void promoted(ReleaseKey key, Release release, Stable stable, Instant now)
      throws Unreadable {
    Failure undone = undoneByHelm(key, release.status(), stable.helmRevision());
    String message =
        "Helm revision %d is healthy; stored as revision %d"
            .formatted(stable.helmRevision(), stable.revision());
    if (undone != null) {
      message +=
          "; Helm has rolled back revision %d: %s"
              .formatted(undone.helmRevision(), undone.message());
    }
    LOG.infof("release %s: %s", key, message);
    Release saved =
        releases.update(
            release,
            Conditions.verified(
                release
                    .status()
                    .withStable(stable)
                    .withJudged(stable.helmRevision())
                    .withChangeSet(null)
                    .withFailure(undone)
                    .withRollback(null)
                    .withKnownBad(null),
                message,
                now));
    metrics.promoted();
    events.write(saved, Reason.Verified, message, now);
    revisions.prune(key.namespace(), key.name(), stable.revision());
  }

  /** The failure that the client was told of and has undone itself: it stays to be read. */
  private @Nullable Failure undoneByHelm(ReleaseKey key, ReleaseStatus status, int helmRevision)
      throws Unreadable {
    Failure failure = status.failure();
    return failure != null
            && failure.helmRevision() == helmRevision - 1
            && isRollback(observer.record(key, helmRevision))
        ? failure
        : null;
  }

  /** Helm 3 says it in words only. */
  private static boolean isRollback(HelmRecord record) {
    return record.rollbackRevision() != 0 || record.description().startsWith("Rollback to ");
  }

  private void left(
      ReleaseKey key, Release release, Observation seen, Decision.Leave leave, Instant now)
      throws Unreadable {
    ReleaseStatus status = release.status().withChangeSet(leave.changeSet());
    if (status.failure() != null
        && status.failure().helmRevision() == seen.helm().revision()
        && status.failure().reason().equals(leave.cause().reason())
        && said(status, leave.reason())) {
      save(release, status);
      return;
    }
    ReleaseStatus failed =
        status.withFailure(
            rollbackStart.failure(key, status, seen.helm().revision(), leave.cause(), now));
    String message =
        leaveMessage(
            leave.reason(),
            failed.failure() == null ? leave.cause().message() : failed.failure().message());
    LOG.warnf("release %s: %s", key, message);
    Release saved = releases.update(release, Conditions.left(failed, leave.reason(), message, now));
    events.write(saved, leave.reason(), message, now);
  }

  /** Whether that is still what the conditions say: the release may have recovered in between. */
  private static boolean said(ReleaseStatus status, Reason reason) {
    return status.conditions().stream()
        .anyMatch(
            condition ->
                condition.type().equals(Condition.READY)
                    && condition.reason().equals(reason.name()));
  }

  private static String leaveMessage(Reason reason, String cause) {
    return reason == Reason.NoStableRevision
        ? cause + "; left as it is: no revision of this release has been healthy yet"
        : cause + "; left as it is: the namespace is only observed";
  }

  private void finished(ReleaseKey key, Release release, Instant now) {
    ReleaseStatus status = release.status();
    Rollback rollback = java.util.Objects.requireNonNull(status.rollback());
    String cause = status.failure() == null ? "" : ": " + status.failure().message();
    String message =
        "Helm revision %d failed and was rolled back to stored revision %d%s"
            .formatted(rollback.helmRevision(), rollback.toRevision(), cause);
    LOG.infof("release %s: %s", key, message);
    Release saved =
        releases.update(
            release,
            Conditions.rolledBack(
                status.withChangeSet(null).withRollback(rollback.finished(now)), message, now));
    metrics.rolledBack();
    events.write(saved, Reason.RolledBack, message, now);
  }

  /**
   * One that the gate has made, to say what it refused of another client, has never been Helm's.
   */
  private static boolean wasHelms(Release release) {
    return release.status().client().isEmpty() || release.status().client().equals(HELM);
  }

  private void forget(Release release) {
    LOG.infof(
        "release %s/%s is uninstalled: its revisions go with it",
        release.namespace(), release.name());
    revisions.forget(release.namespace(), release.name());
    releases.delete(release);
  }

  /** Writes the status if it says anything new. */
  private void save(Release release, ReleaseStatus status) {
    if (!status.equals(release.status())) {
      releases.update(release, status);
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
