package dev.belay.rollout;

import dev.belay.api.Progress;
import dev.belay.api.Reason;
import dev.belay.api.Refusal;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Cause;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

/**
 * The same decision for clients that write no record of what they do: kubectl, Argo CD, Flux's
 * kustomize-controller, kapp. That a change begins is seen by the members themselves, and that it
 * is complete by their being left alone for a while.
 */
public final class Declarative {

  /** The reason of a failure that the gate has found. */
  public static final String REFUSED = "Refused";

  /** What a refusal is worded with, before and after the reason. */
  public static final String IS_REFUSED = " is refused: ";

  public static final String ADVICE = " (to be warned only: ";

  private Declarative() {}

  /** Whether a decision needs to know how ready the members are. */
  public static boolean needsObjects(
      ReleaseStatus status, Members seen, Policy policy, Instant now) {
    if (status.runningRollback() != null) {
      return true;
    }
    ChangeSet change = status.changeSet();
    return change != null
        && (overdue(change, policy, now)
            || (change.digest().equals(seen.digest())
                && !now.isBefore(quietUntil(status, change, seen, policy, now))));
  }

  /** Decides; {@code now} is the only time there is. */
  public static Decision decide(ReleaseStatus status, Members seen, Policy policy, Instant now) {
    Rollback rollback = status.runningRollback();
    if (rollback != null) {
      if (rollback.restoredAt() == null) {
        // What a client was let through with after the lock had ended is newer, and wins.
        return seen.lastWrite().isAfter(rollback.startedAt().plus(Rollback.LOCK))
            ? new Decision.Open(opened(status, seen, now))
            : new Decision.Resume();
      }
      if (unchanged(status, seen)) {
        return Rollout.restored(rollback, observation(seen), policy, now);
      }
    }
    ChangeSet change = rollback == null && !overtaken(status, seen) ? status.changeSet() : null;
    if (change == null && unchanged(status, seen)) {
      // All its members have moved to other releases, and that was verified.
      return seen.empty() ? new Decision.Forget() : new Decision.Settled();
    }
    if (change == null) {
      return new Decision.Open(opened(status, seen, now));
    }
    boolean changing = !change.digest().equals(seen.digest());
    boolean overdue = overdue(change, policy, now);
    if (changing && !overdue) {
      return quiet(changed(change, seen, now), seen, now.plus(policy.quiet()), now);
    }
    Instant until = quietUntil(status, change, seen, policy, now);
    if (now.isBefore(until) && !overdue) {
      return quiet(change, seen, until, now);
    }
    if (seen.empty()) {
      return new Decision.Forget();
    }
    ChangeSet settled = overdue ? asItIs(change, seen, now) : settled(change, now);
    if (restoredTooLate(status) && unchanged(status, seen)) {
      Decision late = Rollout.deployed(status, settled, observation(seen), policy.byHand(), now);
      return late instanceof Decision.Promote ? new Decision.RolledBack() : late;
    }
    Optional<Refusal> refusal = refusal(status, change, seen, policy, now);
    if (refusal.isPresent()) {
      return Rollout.failed(status, settled, observation(seen), policy, cause(refusal.get()));
    }
    Decision decision = Rollout.deployed(status, settled, observation(seen), policy, now);
    return seen.ownData() ? withoutFailure(decision, settled, seen, now) : decision;
  }

  /**
   * What an application writes in its own ConfigMap is followed and kept, and fails nothing: it may
   * do so at any time, and a Pod that is not ready just then would have its data put back.
   */
  private static Decision withoutFailure(
      Decision decision, ChangeSet settled, Members seen, Instant now) {
    Cause cause =
        switch (decision) {
          case Decision.RollBack rollBack -> rollBack.cause();
          case Decision.Leave leave -> leave.cause();
          default -> null;
        };
    return cause == null
        ? decision
        : new Decision.Wait(
            settled.withCurrent(null, 0),
            Reason.Verifying,
            "%s: %s; nothing is undone for the data that %s writes"
                .formatted(cause.object().display(), cause.message(), seen.client()),
            now.plus(Rollout.REVISIT.multipliedBy(10)));
  }

  /**
   * What is followed after a rollback that restored all at this time, and failed since it did not
   * get ready: the same members, until they are.
   */
  public static ChangeSet restoredLate(Stable stable, Rollback rollback, Instant restoredAt) {
    return new ChangeSet(0, rollback.startedAt(), restoredAt, null, 0, stable.digest(), restoredAt);
  }

  /** Whether what is judged is what a rollback restores, or has restored too late. */
  public static boolean isUndone(ReleaseStatus status) {
    return status.runningRollback() != null || isLate(status);
  }

  /** Whether what is judged is what a rollback has restored, which was not ready in time. */
  public static boolean isLate(ReleaseStatus status) {
    Stable stable = status.stable();
    ChangeSet change = status.changeSet();
    return restoredTooLate(status)
        && stable != null
        && change != null
        && change.helmRevision() == 0
        && change.digest().equals(stable.digest());
  }

  /** What was restored and is late is no change of anybody's; what is written then is one. */
  private static boolean overtaken(ReleaseStatus status, Members seen) {
    return isLate(status) && !unchanged(status, seen);
  }

  /** All was restored, and not ready in time: should it get ready after all, nothing is new. */
  private static boolean restoredTooLate(ReleaseStatus status) {
    Rollback rollback = status.rollback();
    return status.rollbackFailed() && rollback != null && rollback.restoredAt() != null;
  }

  /** A refused write of the change that nobody has corrected since, and that has no verdict yet. */
  private static Optional<Refusal> refusal(
      ReleaseStatus status, ChangeSet change, Members seen, Policy policy, Instant now) {
    if (unchanged(status, seen)) {
      return Optional.empty();
    }
    // A client may meet the refusal before it writes anything that is stored; of what is seen for
    // the first time nobody knows when it was begun.
    Instant from =
        status.stable() == null ? Instant.EPOCH : change.startedAt().minus(policy.quiet());
    Instant verdict = status.lastVerdict();
    return status.refusals().stream()
        .filter(Refusal::enforced)
        // Of an upgrade that Helm was refused nothing was written.
        .filter(refusal -> refusal.object().contains("/"))
        .filter(refusal -> refusal.at().isAfter(verdict) && !refusal.at().isBefore(from))
        .filter(refusal -> now.isBefore(refusal.at().plus(policy.timeout())))
        .filter(refusal -> !corrected(refusal, seen))
        .findFirst();
  }

  /** The object has been written since: times of objects are whole seconds. */
  private static boolean corrected(Refusal refusal, Members seen) {
    Instant written = seen.writtenAt().get(refusal.object());
    return written != null && !written.isBefore(refusal.at().truncatedTo(ChronoUnit.SECONDS));
  }

  private static Cause cause(Refusal refusal) {
    int slash = refusal.object().indexOf('/');
    ObjectKey object =
        slash < 0
            ? FailureOf.NO_OBJECT
            : new ObjectKey(
                "",
                refusal.object().substring(0, slash),
                "",
                refusal.object().substring(slash + 1));
    return Cause.ofObject(REFUSED, object, "refused: " + why(refusal));
  }

  /** Without what the client was told besides: which object it was, and what it can do. */
  private static String why(Refusal refusal) {
    String message = refusal.message();
    int before = message.indexOf(IS_REFUSED);
    String why = before < 0 ? message : message.substring(before + IS_REFUSED.length());
    int advice = why.indexOf(ADVICE);
    return advice < 0 ? why : why.substring(0, advice);
  }

  private static boolean unchanged(ReleaseStatus status, Members seen) {
    Stable stable = status.stable();
    return stable != null && stable.digest().equals(seen.digest());
  }

  /**
   * A change begins with its first write, by the API server's clock: what it creates is not older.
   * A release that is seen for the first time is measured from now.
   */
  private static ChangeSet opened(ReleaseStatus status, Members seen, Instant now) {
    Instant last = Rollout.earlier(seen.lastWrite(), now);
    if (status.stable() == null) {
      return new ChangeSet(0, now, null, null, 0, seen.digest(), last);
    }
    Instant verdict = status.lastVerdict().truncatedTo(ChronoUnit.SECONDS);
    // Nothing that is still there has been written since: something was deleted, just now.
    Instant changedAt = last.isBefore(verdict) ? now : last;
    Instant first = Rollout.earlier(seen.firstWrite(), changedAt);
    return new ChangeSet(
        0, first.isBefore(verdict) ? verdict : first, null, null, 0, seen.digest(), changedAt);
  }

  private static ChangeSet changed(ChangeSet change, Members seen, Instant now) {
    Instant before = change.changedAt() == null ? Instant.EPOCH : change.changedAt();
    Instant last = Rollout.earlier(seen.lastWrite(), now);
    return new ChangeSet(
            0, change.startedAt(), null, null, 0, seen.digest(), last.isAfter(before) ? last : now)
        .withBaseline(change.baseline())
        .withProgress(change.progress());
  }

  /**
   * Something that is written all the time must not put off the verdict for ever; but while the
   * change moves on, what is written then has its quiet time.
   */
  private static boolean overdue(ChangeSet change, Policy policy, Instant now) {
    Instant last =
        change.progress().stream()
            .filter(Progress::touched)
            .map(Progress::at)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .filter(at -> at.isAfter(change.startedAt()))
            .orElse(change.startedAt());
    Duration maximum = policy.failure().maximum();
    Instant end = maximum == null ? Instant.MAX : change.startedAt().plus(maximum);
    return !now.isBefore(Rollout.earlier(last.plus(policy.timeout()), end));
  }

  private static ChangeSet asItIs(ChangeSet change, Members seen, Instant now) {
    return new ChangeSet(
        0,
        change.startedAt(),
        change.settledAt() == null ? change.startedAt() : change.settledAt(),
        change.currentSince(),
        change.restarts(),
        seen.digest(),
        Rollout.earlier(seen.lastWrite(), now),
        change.baseline(),
        change.progress());
  }

  private static ChangeSet settled(ChangeSet change, Instant now) {
    if (change.settledAt() != null) {
      return change;
    }
    Instant changedAt = change.changedAt() == null ? now : change.changedAt();
    return change.withSettled(
        changedAt.isBefore(change.startedAt()) ? change.startedAt() : changedAt);
  }

  /** A client that was refused something may go on with the rest: it is waited for as well. */
  private static Instant quietUntil(
      ReleaseStatus status, ChangeSet change, Members seen, Policy policy, Instant now) {
    Instant last = change.changedAt() == null ? change.startedAt() : change.changedAt();
    Instant refused =
        refusal(status, change, seen, policy, now).map(Refusal::at).orElse(Instant.EPOCH);
    return (refused.isAfter(last) ? refused : last).plus(policy.quiet());
  }

  private static Decision quiet(ChangeSet change, Members seen, Instant until, Instant now) {
    return new Decision.Wait(
        change,
        Reason.ClientActive,
        "%s changed it; taken for complete once nothing changes any more"
            .formatted(seen.client().isEmpty() ? "a client" : seen.client()),
        Rollout.earlier(until, now.plus(Rollout.REVISIT)));
  }

  /** The verdict over workloads is that of a revision of Helm that is deployed. */
  private static Observation observation(Members seen) {
    return new Observation(
        seen.mode(),
        new Observation.Helm(0, HelmStatus.DEPLOYED, "", Instant.EPOCH, Instant.EPOCH, ""),
        seen.objects(),
        seen.restarts());
  }
}
