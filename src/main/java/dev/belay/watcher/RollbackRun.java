package dev.belay.watcher;

import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Action;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.EventWriter;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.masking.Masking;
import dev.belay.membership.Flux;
import dev.belay.report.Bounded;
import dev.belay.report.ChangeName;
import dev.belay.revision.Revision;
import dev.belay.rollout.Declarative;
import dev.belay.watcher.Observer.Unreadable;
import dev.belay.watcher.TargetRevision.Target;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Does the saved steps of a rollback, from the first one, as often as it takes. */
@ApplicationScoped
class RollbackRun {

  private static final Logger LOG = Logger.getLogger(RollbackRun.class);

  /** Characters of the reasons that are told; the log of the API server has them all. */
  private static final int MAX_WHY = 1_500;

  private final TargetRevision targets;
  private final Releases releases;
  private final AllSteps allSteps;
  private final Uninstall uninstall;
  private final HelmHistoryRepair history;
  private final Judged judged;
  private final Policies policies;
  private final EventWriter events;
  private final WatcherMetrics metrics;
  private final WatcherTraces traces;
  private final ServerClock clock;

  RollbackRun(
      TargetRevision targets,
      Releases releases,
      AllSteps allSteps,
      Uninstall uninstall,
      HelmHistoryRepair history,
      Judged judged,
      Policies policies,
      EventWriter events,
      WatcherMetrics metrics,
      WatcherTraces traces,
      ServerClock clock) {
    this.targets = targets;
    this.releases = releases;
    this.allSteps = allSteps;
    this.uninstall = uninstall;
    this.history = history;
    this.judged = judged;
    this.policies = policies;
    this.events = events;
    this.metrics = metrics;
    this.traces = traces;
    this.clock = clock;
  }

  /** Restores everything and records that it is restored. */
  void run(ReleaseKey key, Release release) throws Unreadable {
    run(key, new Begun(release, Optional.empty(), Map.of()));
  }

  /** The same for a rollback that has just begun: what was read for its plan serves here too. */
  void run(ReleaseKey key, Begun begun) throws Unreadable {
    Release release = begun.release();
    ReleaseStatus status = release.status();
    Rollback rollback = java.util.Objects.requireNonNull(status.rollback());
    Optional<Revision> target =
        begun.target().isPresent() ? begun.target() : read(key, release, rollback);
    if (target.isEmpty()) {
      return;
    }
    long restores =
        rollback.steps().stream().filter(step -> step.action() == Action.Restore).count();
    if (restores != target.get().objects().size()) {
      giveUp(
          key,
          release,
          "its plan has %d of %d objects".formatted(restores, target.get().objects().size()),
          now());
      return;
    }
    boolean late = !now().isBefore(rollback.startedAt().plus(policies.of(release).timeout()));
    AllSteps.Done steps =
        allSteps.run(key, rollback, target.get(), begun.live(), late, status.ofHelm());
    if (status.ofHelm()) {
      // Its history is not to be told of any more.
      uninstall.requireNone(key.namespace(), key.name());
    }
    for (String words : steps.others()) {
      String other = masked(List.of(words), target.get());
      LOG.warnf("release %s: %s", key, other);
      events.write(release, Reason.RollingBack, other, now());
    }
    if (!steps.later().isEmpty()) {
      String why = masked(steps.later(), target.get());
      String message = "restored as far as it can be by now; tried again: " + why;
      releases.updateIfNew(release, Conditions.rollingBack(status, message, now()));
      throw new ClusterException(why, 0);
    }
    if (!steps.refusals().isEmpty()) {
      giveUp(key, release, "could not restore " + masked(steps.refusals(), target.get()), now());
      return;
    }
    if (rollback.asked()) {
      restoredAsAsked(key, release, target.get());
      return;
    }
    Stable stable = java.util.Objects.requireNonNull(status.stable());
    ReleaseStatus done =
        rollback.helmRevision() == 0 ? status : repaired(key, status, rollback, stable);
    Stable back = java.util.Objects.requireNonNull(done.stable());
    ReleaseStatus compared =
        done.withStable(
            back.withDigest(
                judged.afterRestoring(key, done, target.get().objects(), steps.restored())));
    LOG.infof(
        "release %s: all objects of stored revision %d are restored", key, rollback.toRevision());
    releases.update(
        release,
        Conditions.rollingBack(
            compared.withRollback(rollback.restored(now())),
            "all objects of stored revision %d are restored".formatted(rollback.toRevision()),
            now()));
  }

  private static String masked(List<String> reasons, Revision target) {
    return Bounded.text(Masking.of(target.objects()).mask(String.join("; ", reasons)), MAX_WHY);
  }

  /** What is back then has to prove itself, like a change that a client has made. */
  private void restoredAsAsked(ReleaseKey key, Release release, Revision target) throws Unreadable {
    ReleaseStatus status = release.status();
    Rollback rollback = java.util.Objects.requireNonNull(status.rollback());
    Instant now = now();
    boolean recorded =
        rollback.helmRevision() > 0 && !history.isFluxs(key, rollback.helmRevision());
    if (recorded) {
      history.wentBack(
          key, rollback, ManualRollback.recorded(status, target), status.failure(), now);
    }
    // Of members it can't be seen that anything has begun, if they are as they were verified.
    ChangeSet change =
        recorded
            ? null
            : new ChangeSet(0, now, null, null, 0, judged.now(key, status), now)
                .withBaseline(rollback.baseline());
    int verdicts = recorded ? status.judged() : Math.max(status.judged(), rollback.helmRevision());
    String message =
        "all objects of stored revision %d are restored, as asked".formatted(target.number());
    LOG.infof("release %s: %s", key, message);
    Release saved =
        releases.update(
            release,
            Conditions.verifying(
                status
                    .withChangeSet(change)
                    .withJudged(verdicts)
                    .withRollback(rollback.restored(now).finished(now)),
                Reason.Verifying,
                message,
                now));
    metrics.rolledBack(rollback, now);
    traces.rollbackEnded(key, status, rollback.restored(now), now, null);
    events.write(saved, Reason.RolledBack, message, now);
  }

  private ReleaseStatus repaired(
      ReleaseKey key, ReleaseStatus status, Rollback rollback, Stable stable) throws Unreadable {
    String cause = status.failure() == null ? "" : status.failure().message();
    // The client of the change that failed, whose newest record it is.
    int helmRevision =
        status.client().equals(Flux.NAME)
            ? history.untouched(key, rollback)
            : history.repair(key, rollback, stable, cause, now());
    return status
        .withStable(
            new Stable(
                stable.revision(),
                history.described(helmRevision, rollback, stable),
                stable.verifiedAt(),
                stable.digest()))
        .withJudged(helmRevision);
  }

  /** Ends a rollback that can't succeed; what it could restore stays restored. */
  void giveUp(ReleaseKey key, Release release, String why, Instant now) {
    ReleaseStatus before = release.status();
    Rollback rollback = java.util.Objects.requireNonNull(before.rollback());
    ChangeSet change = before.changeSet();
    Rollback ended = change == null ? rollback : rollback.withBaseline(change.baseline());
    ReleaseStatus status =
        before
            .withRollback(ended.finished(now))
            .withJudged(Math.max(before.judged(), rollback.helmRevision()));
    String cause = status.failure() == null ? "" : status.failure().message();
    String message =
        rollback.asked()
            ? "the rollback to stored revision %d that was asked for failed: %s"
                .formatted(rollback.toRevision(), Bounded.text(why, MAX_WHY))
            : "%s failed (%s), and the rollback to stored revision %d too: %s"
                .formatted(
                    ChangeName.first(rollback.helmRevision(), status.client()),
                    cause,
                    rollback.toRevision(),
                    Bounded.text(why, MAX_WHY));
    LOG.errorf("release %s: %s", key, message);
    Release saved =
        releases.update(
            release, Conditions.rollbackFailed(leftToPeople(key, status, ended), message, now));
    metrics.rollbackFailed(rollback, now);
    traces.rollbackEnded(key, status, rollback, now, Bounded.text(why, MAX_WHY));
    events.write(saved, Reason.RollbackFailed, message, now);
  }

  /**
   * Where all is restored it may still get ready, and is looked at until it is. Otherwise what is
   * there now has had its verdict, and only what is changed from here on is looked at.
   */
  private ReleaseStatus leftToPeople(ReleaseKey key, ReleaseStatus status, Rollback rollback) {
    Stable stable = java.util.Objects.requireNonNull(status.stable());
    Instant restoredAt = rollback.restoredAt();
    return restoredAt == null
        ? status.withChangeSet(null).withStable(stable.withDigest(judged.now(key, status)))
        : status.withChangeSet(
            Declarative.restoredLate(stable, rollback, restoredAt)
                .withBaseline(rollback.baseline()));
  }

  private Optional<Revision> read(ReleaseKey key, Release release, Rollback rollback) {
    Target target = targets.read(key, release.status(), rollback.toRevision());
    if (target instanceof Target.Unusable unusable) {
      giveUp(key, release, "the stored revision can't be used: " + unusable.why(), now());
    }
    return target.revision();
  }

  private Instant now() {
    return clock.now();
  }
}
