package dev.belay.rollout;

import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.Rollback;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Cause;
import dev.belay.readiness.Current;
import dev.belay.readiness.Failed;
import dev.belay.readiness.InProgress;
import dev.belay.rollout.Observation.Assessed;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The decision: total, and the same for the same input. Early returns, each with its reason. */
public final class Rollout {

  /** How soon an unsettled release is looked at again, whatever its watches say. */
  static final Duration REVISIT = Duration.ofSeconds(1);

  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private Rollout() {}

  /** Whether a decision needs to know how ready the objects are: it is not asked for otherwise. */
  public static boolean needsObjects(ReleaseStatus status, Observation.Helm helm) {
    Rollback rollback = status.runningRollback();
    if (rollback != null) {
      return rollback.restoredAt() != null;
    }
    return helm.revision() != status.judged() && helm.status() == HelmStatus.DEPLOYED;
  }

  /**
   * Whether a client is at work on the change that is open: the objects are asked for then too. It
   * is told when one fails, and while one moves on it has not died.
   */
  public static boolean followsClient(ReleaseStatus status, Observation.Helm helm) {
    ChangeSet change = status.changeSet();
    return helm.status().pending()
        && helm.revision() != status.judged()
        && change != null
        && change.helmRevision() == helm.revision()
        && status.runningRollback() == null;
  }

  /** Decides; {@code now} is the only time there is. */
  public static Decision decide(
      ReleaseStatus status, Observation seen, Policy policy, Instant now) {
    Observation.Helm helm = seen.helm();
    Rollback rollback = status.runningRollback();
    // Even before a rollback that is under way: it would bring back what Helm deletes.
    if (helm.status().uninstall()) {
      return new Decision.Forget();
    }
    if (rollback != null && !newerThan(rollback, helm, status.judged())) {
      return rollback.restoredAt() == null
          ? new Decision.Resume()
          : restored(rollback, seen, policy, now);
    }
    if (helm.revision() == status.judged()) {
      return new Decision.Settled();
    }
    ChangeSet change = status.changeSet();
    if (change == null || change.helmRevision() != helm.revision()) {
      return new Decision.Open(opened(status, helm, now));
    }
    return switch (helm.status()) {
      case PENDING_INSTALL, PENDING_UPGRADE, PENDING_ROLLBACK ->
          clientActive(status, change, seen, policy, now);
      case FAILED -> markedFailed(status, change, seen, policy, now);
      case DEPLOYED -> deployed(status, settled(change, helm, now), seen, policy, now);
      // A superseded newest record is what Helm leaves when its own rollback could not be applied.
      case SUPERSEDED, UNKNOWN -> markedFailed(status, change, seen, policy, now);
      case UNINSTALLED, UNINSTALLING -> new Decision.Forget();
    };
  }

  /** A client has changed the release since this rollback was begun: the newer change wins. */
  private static boolean newerThan(Rollback rollback, Observation.Helm helm, int judged) {
    if (rollback.helmRevision() == 0) {
      // What is undone came without a record, beside the one that has its verdict.
      return helm.revision() != judged;
    }
    return helm.revision() > rollback.helmRevision() && !helm.rollbackId().equals(rollback.id());
  }

  /**
   * A change that was going on before the release was known is measured from now: a namespace may
   * be labelled years after its releases were made.
   */
  private static ChangeSet opened(ReleaseStatus status, Observation.Helm helm, Instant now) {
    boolean known = status.judged() != 0;
    return new ChangeSet(helm.revision(), known ? helm.startedAt() : now, null, null, 0);
  }

  static ChangeSet settled(ChangeSet change, Observation.Helm helm, Instant now) {
    if (change.settledAt() != null) {
      return change;
    }
    Instant settledAt =
        helm.changedAt().isBefore(change.startedAt()) ? change.startedAt() : helm.changedAt();
    return change.withSettled(settledAt.isAfter(now) ? now : settledAt);
  }

  /**
   * Helm owns the release while its record is pending, unless its client has died. One that waits
   * for a roll-out that goes on has not.
   */
  private static Decision clientActive(
      ReleaseStatus status, ChangeSet begun, Observation seen, Policy policy, Instant now) {
    Observation.Helm helm = seen.helm();
    Certainty certainty =
        Certainty.of(
            seen.objects(), begun.progress(), begun.startedAt(), begun.startedAt(), policy, now);
    ChangeSet change = begun.withProgress(certainty.progress());
    // Hook, objects and a wait: each has Helm's timeout for itself.
    Instant works = change.startedAt().plus(policy.timeout().multipliedBy(2));
    Instant moves = certainty.movedAt().plus(certainty.longest());
    Instant deadline = earlier(later(moves, works), certainty.end()).plus(policy.yield());
    Optional<Cause> known = FailureOf.change(status, helm.revision());
    if (!now.isBefore(deadline)) {
      return failed(status, change, seen, policy, known.orElseGet(() -> clientGone(helm)));
    }
    if (!followsClient(status, helm)) {
      return new Decision.Wait(
          change,
          Reason.ClientActive,
          working(helm),
          earlier(deadline, now.plus(REVISIT.multipliedBy(10))));
    }
    // Who is only observed is told nothing.
    boolean tells = policy.failFast() && seen.mode() == Mode.ENFORCE;
    Instant revisit = earlier(deadline, now.plus(REVISIT.multipliedBy(tells ? 1 : 10)));
    List<Assessed> objects = certainty.weighed();
    List<ObjectKey> unready = unready(objects);
    // What was told stays true until all is well: between two crashes a container looks fine.
    Optional<Cause> cause =
        firstFailure(objects)
            .or(() -> unready.isEmpty() ? Optional.empty() : known)
            .or(() -> now.isBefore(certainty.end()) ? Optional.empty() : late(objects, certainty));
    return cause.isPresent() && tells
        ? new Decision.Tell(change, cause.get(), unready, revisit)
        : new Decision.Wait(change, Reason.ClientActive, working(helm), revisit);
  }

  private static String working(Observation.Helm helm) {
    return "Helm revision %d is %s".formatted(helm.revision(), helm.status().text());
  }

  private static Cause clientGone(Observation.Helm helm) {
    return Cause.ofObject(
        FailureOf.CLIENT_GONE,
        FailureOf.NO_OBJECT,
        "Helm left revision %d %s since %s: its client is gone"
            .formatted(helm.revision(), helm.status().text(), helm.startedAt()));
  }

  private static Decision markedFailed(
      ReleaseStatus status, ChangeSet change, Observation seen, Policy policy, Instant now) {
    Observation.Helm helm = seen.helm();
    Optional<Cause> known = FailureOf.change(status, helm.revision());
    Instant until = helm.changedAt().plus(policy.yield());
    boolean gone = known.filter(cause -> cause.reason().equals(FailureOf.CLIENT_GONE)).isPresent();
    if (now.isBefore(until) && !gone) {
      return new Decision.Wait(
          change,
          Reason.ClientActive,
          "Helm marked revision %d failed; its own rollback may follow".formatted(helm.revision()),
          until);
    }
    String message =
        helm.description().isEmpty()
            ? "Helm left revision %d %s".formatted(helm.revision(), helm.status().text())
            : helm.description();
    // Why it failed is known better than Helm can say it, if it failed before Helm gave up.
    return failed(
        status,
        change,
        seen,
        policy,
        known.orElse(Cause.ofObject("ClientFailed", FailureOf.NO_OBJECT, message)));
  }

  /** The verdict over the workloads, once the client is done. */
  static Decision deployed(
      ReleaseStatus status, ChangeSet judged, Observation seen, Policy policy, Instant now) {
    // The timeout counts from the end of the client's work, or from the last progress after it.
    Certainty certainty =
        Certainty.of(
            seen.objects(),
            judged.progress(),
            judged.startedAt(),
            judged.settledAt() == null ? now : judged.settledAt(),
            policy,
            now);
    ChangeSet change = judged.withProgress(certainty.progress());
    List<Assessed> objects = certainty.weighed();
    Optional<Assessed> failed = firstFailed(objects);
    if (failed.isPresent()) {
      Cause cause = ((Failed) failed.get().readiness()).cause();
      Instant deadline = certainty.deadline(failed.get());
      return !policy.failFast() && now.isBefore(deadline)
          ? new Decision.Wait(
              current(change, null, 0),
              Reason.Verifying,
              "failing: " + cause.object().display() + ": " + cause.message(),
              earlier(deadline, now.plus(REVISIT)))
          : failed(status, change, seen, policy, cause);
    }
    Optional<Assessed> waitingFor = firstInProgress(objects);
    if (waitingFor.isPresent()) {
      return notReady(status, change, seen, waitingFor.get(), objects, certainty, policy, now);
    }
    // Fewer restarts than before are no better than more: a Pod was replaced.
    if (change.currentSince() == null || seen.restarts() != change.restarts()) {
      ChangeSet current = current(change, now, seen.restarts());
      return verifying(status, seen, current, soaking(policy), now.plus(policy.soak()), now);
    }
    Instant proven = change.currentSince().plus(policy.soak()).plus(lived(objects, policy));
    return now.isBefore(proven)
        ? verifying(status, seen, change, soaking(policy), proven, now)
        : new Decision.Promote(change);
  }

  /**
   * How long a container lived before it exited, that runs again: it proves itself only by living
   * longer than that. Not for ever: what lives that long has served for a while.
   */
  private static Duration lived(List<Assessed> objects, Policy policy) {
    return objects.stream()
        .map(object -> object.facts().advance().tries().lived())
        .max(Comparator.naturalOrder())
        .map(longest -> longest.compareTo(policy.timeout()) < 0 ? longest : policy.timeout())
        .orElse(Duration.ZERO);
  }

  /**
   * No verdict yet. What has failed and was left stays so until it has proved itself: between two
   * crashes a container without a probe is ready each time.
   */
  private static Decision verifying(
      ReleaseStatus status,
      Observation seen,
      ChangeSet change,
      String message,
      Instant next,
      Instant now) {
    Optional<Reason> left = status.left();
    Optional<Cause> known = FailureOf.change(status, seen.helm().revision());
    return left.isPresent() && known.isPresent()
        ? new Decision.Leave(change, left.get(), known.get())
        : new Decision.Wait(change, Reason.Verifying, message, earlier(next, now.plus(REVISIT)));
  }

  /** The first object that is late, if any is: each may have a timeout of its own. */
  private static Decision notReady(
      ReleaseStatus status,
      ChangeSet change,
      Observation seen,
      Assessed first,
      List<Assessed> objects,
      Certainty certainty,
      Policy policy,
      Instant now) {
    Optional<Cause> late = late(objects, certainty);
    if (late.isPresent()) {
      return failed(status, change, seen, policy, late.get());
    }
    Instant earliest =
        objects.stream()
            .filter(object -> object.readiness() instanceof InProgress)
            .map(certainty::deadline)
            .min(Comparator.naturalOrder())
            .orElse(Instant.MAX);
    String message = first.key().display() + ": " + first.readiness().message();
    return verifying(
        status, seen, current(change, null, 0), said(message, certainty), earliest, now);
  }

  /** Why it is late, of several that are the one with which something is wrong. */
  private static Optional<Cause> late(List<Assessed> objects, Certainty certainty) {
    Optional<Cause> late = Optional.empty();
    for (Assessed object : objects) {
      if (object.readiness() instanceof InProgress inProgress && certainty.isLate(object)) {
        boolean tells = inProgress.wrong().isPresent();
        if (late.isEmpty() || tells) {
          late = Optional.of(certainty.late(object, inProgress));
        }
        if (tells) {
          break;
        }
      }
    }
    return late;
  }

  private static String said(String message, Certainty certainty) {
    String progress = certainty.lastProgress();
    return progress.isEmpty() ? message : message + "; " + progress;
  }

  static Decision failed(
      ReleaseStatus status, ChangeSet change, Observation seen, Policy policy, Cause cause) {
    // Should it recover, then its soak begins anew.
    ChangeSet left = current(change, null, 0);
    if (seen.mode() != Mode.ENFORCE) {
      return new Decision.Leave(left, Reason.Observed, cause);
    }
    if (status.stable() == null) {
      return new Decision.Leave(left, Reason.NoStableRevision, cause);
    }
    return switch (policy.onFailure()) {
      case ROLL_BACK -> new Decision.RollBack(cause);
      case ASK -> new Decision.Leave(left, Reason.RollbackManual, cause);
      case LEAVE -> new Decision.Leave(left, Reason.RollbackOff, cause);
      case BY_HAND -> new Decision.Leave(left, Reason.RollbackFailed, cause);
    };
  }

  static Decision restored(Rollback rollback, Observation seen, Policy policy, Instant now) {
    Optional<Assessed> waitingFor = firstInProgress(seen.objects());
    Optional<Cause> cause = firstFailure(seen.objects());
    if (waitingFor.isEmpty() && cause.isEmpty()) {
      return new Decision.RolledBack();
    }
    String message =
        cause
            .map(c -> c.object().display() + ": " + c.message())
            .orElseGet(
                () ->
                    waitingFor
                        .map(object -> object.key().display() + ": " + object.readiness().message())
                        .orElse(""));
    Instant restoredAt = rollback.restoredAt() == null ? now : rollback.restoredAt();
    // What is as it was before counts as touched here: it is what was restored.
    List<Assessed> objects = seen.objects().stream().map(Assessed::ofChange).toList();
    Certainty certainty =
        Certainty.of(objects, rollback.progress(), restoredAt, restoredAt, policy, now);
    Instant moved = certainty.movedAt();
    Duration time = certainty.longest();
    Instant deadline = (moved.isAfter(restoredAt) ? moved : restoredAt).plus(time);
    return now.isBefore(deadline)
        ? new Decision.AwaitRestored(
            said(message, certainty), earlier(deadline, now.plus(REVISIT)), certainty.progress())
        : new Decision.RollbackFailed(
            "restored, but not ready within %s: %s".formatted(human(time), message));
  }

  private static Optional<Cause> firstFailure(List<Assessed> objects) {
    return firstFailed(objects).map(object -> ((Failed) object.readiness()).cause());
  }

  private static Optional<Assessed> firstFailed(List<Assessed> objects) {
    return objects.stream().filter(object -> object.readiness() instanceof Failed).findFirst();
  }

  private static List<ObjectKey> unready(List<Assessed> objects) {
    return objects.stream()
        .filter(object -> !(object.readiness() instanceof Current))
        .map(Assessed::key)
        .toList();
  }

  private static Optional<Assessed> firstInProgress(List<Assessed> objects) {
    return objects.stream().filter(object -> object.readiness() instanceof InProgress).findFirst();
  }

  private static ChangeSet current(
      ChangeSet change, @org.jspecify.annotations.Nullable Instant since, int restarts) {
    return change.withCurrent(since, restarts);
  }

  private static String soaking(Policy policy) {
    return "all workloads are ready; stable once they stay so for " + human(policy.soak());
  }

  static String human(Duration duration) {
    return duration.toSecondsPart() == 0 && duration.toMinutes() > 0
        ? duration.toMinutes() + " min"
        : duration.toSeconds() + " s";
  }

  /** A time for people, in UTC. */
  static String clock(Instant time) {
    return CLOCK.format(time);
  }

  static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
