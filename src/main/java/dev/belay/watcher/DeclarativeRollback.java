package dev.belay.watcher;

import dev.belay.api.Failure;
import dev.belay.api.KnownBad;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Step;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Group;
import dev.belay.readiness.Cause;
import dev.belay.revision.Revision;
import dev.belay.rollback.Plan;
import dev.belay.rollout.Decision;
import dev.belay.watcher.RollbackStart.Change;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** The beginning of a rollback where no record says what the change was: its members do. */
@ApplicationScoped
class DeclarativeRollback {

  private final RollbackStart start;
  private final TargetRevision targets;
  private final Needs needs;
  private final LeftOut leftOut;

  DeclarativeRollback(RollbackStart start, TargetRevision targets, Needs needs, LeftOut leftOut) {
    this.start = start;
    this.targets = targets;
    this.needs = needs;
    this.leftOut = leftOut;
  }

  /** Saves the cause and the plan; the release that is answered carries both. */
  Begun begin(ReleaseKey key, Release release, Group group, Cause cause, Instant now) {
    ReleaseStatus status = release.status();
    Stable stable = java.util.Objects.requireNonNull(status.stable());
    Optional<Revision> target = targets.read(key, status, stable.revision()).revision();
    Change change = change(target, group);
    // What is sent again fails for the reason that was found the first time.
    Failure failure =
        status.failure() != null && Blame.sentAgain(status.knownBad(), cause)
            ? status.failure()
            : start.failure(key, status, change, 0, cause, now);
    KnownBad bad = Blame.ofMembers(release, cause, failure, change, now);
    if (bad.needs().isEmpty()) {
      bad = bad.withNeeds(needs.of(cause.object(), change));
    }
    Rollback rollback =
        new Rollback(
            UUID.randomUUID().toString(),
            stable.revision(),
            0,
            now,
            null,
            null,
            RollbackStart.bounded(
                Plan.of(change.before(), brought(change, group), begun(status, now))));
    Release named =
        status.ofHelm()
            ? release // It knows by its record, and its Pods are restored.
            : new Release(release.object(), status.withNotCovered(leftOut.of(key, group)));
    Release saved = start.save(key, named, failure, rollback, bad, now);
    return new Begun(saved, target, change.after());
  }

  /** The plan to restore what somebody asked for, saved; no change has failed. */
  Begun beginAsked(ReleaseKey key, Release release, Revision target, Group group, Instant now) {
    Change change = change(Optional.of(target), group);
    List<Step> steps = Plan.of(target.objects(), brought(change, group), target.verifiedAt());
    Release saved = start.saveAsked(key, release, target, 0, RollbackStart.bounded(steps), now);
    return new Begun(saved, Optional.of(target), change.after());
  }

  /** Everything that is reported of a failed change, bounded and masked. */
  Failure failure(
      ReleaseKey key, ReleaseStatus status, Group group, Decision.Leave leave, Instant now) {
    Stable stable = status.stable();
    Optional<Revision> before =
        stable == null ? Optional.empty() : start.revision(key, status, stable.revision());
    return start.failure(key, status, change(before, group), 0, leave.cause(), now);
  }

  private static Change change(Optional<Revision> stable, Group group) {
    Map<ObjectKey, KubeObject> after = new LinkedHashMap<>();
    group.members().forEach(member -> after.put(member.key(), member));
    return new Change(stable.map(Revision::objects).orElse(List.of()), after);
  }

  /**
   * What the change may have created: objects that name the release themselves. What only belongs
   * to it since its Pods refer to it may have been made for something else.
   */
  private static List<KubeObject> brought(Change change, Group group) {
    var before = change.before().stream().map(KubeObject::key).collect(Collectors.toSet());
    return before.isEmpty()
        ? List.of()
        : group.members().stream()
            .filter(member -> !before.contains(member.key()) && group.isMarked(member))
            .toList();
  }

  private static Instant begun(ReleaseStatus status, Instant now) {
    ChangeSet change = status.changeSet();
    return change == null ? now : change.startedAt();
  }
}
