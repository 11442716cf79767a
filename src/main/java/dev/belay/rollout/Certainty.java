package dev.belay.rollout;

import dev.belay.api.Progress;
import dev.belay.api.Progress.Held;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Advance.Tries;
import dev.belay.readiness.Cause;
import dev.belay.readiness.Current;
import dev.belay.readiness.Failed;
import dev.belay.readiness.InProgress;
import dev.belay.readiness.Readiness;
import dev.belay.readiness.Trouble;
import dev.belay.rollout.FailureRule.When;
import dev.belay.rollout.Observation.Assessed;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a change, weighed together: whose trouble is certain by now, and until when the
 * others have time.
 *
 * <p>A false rollback is worse than a slow one. What could still pass, by itself or with another
 * object of the change, has time until nothing of the change has moved for the timeout.
 */
final class Certainty {

  /**
   * How far two times may be apart that are of one moment: those of the kubelet are whole seconds.
   */
  static final Duration SETTLES = Duration.ofSeconds(2);

  /** The kubelet tries again after 10 to 15 s what it could not start (pod_workers.go). */
  private static final Duration TRIES_AGAIN = Duration.ofSeconds(20);

  private static final String UNTOUCHED = "not touched by the change";

  private final List<Assessed> objects;
  private final Map<ObjectKey, Progress> known = new LinkedHashMap<>();
  private final List<Progress> unseen;
  private final Instant from;
  private final Instant begun;
  private final Policy policy;
  private final Instant now;
  private final Instant movedAt;
  private final String moved;

  /** By what each object in trouble would have failed were it alone in the change. */
  private final Map<ObjectKey, String> evidence = new HashMap<>();

  private Certainty(
      List<Assessed> objects,
      List<Progress> before,
      Instant begun,
      Instant from,
      Policy policy,
      Instant now) {
    this.objects = objects;
    this.begun = begun;
    this.from = from;
    this.policy = policy;
    this.now = now;
    Map<String, Progress> remembered = new LinkedHashMap<>();
    before.forEach(each -> remembered.put(each.start().object(), each));
    for (Assessed object : objects) {
      Progress last = remembered.remove(object.key().toString());
      known.put(object.key(), Marks.merged(last, object, now));
    }
    // What is not looked at just now is remembered as it was.
    this.unseen = List.copyOf(remembered.values());
    // What the change leaves alone comes and goes by itself, and is no progress of the change.
    Optional<Progress> newest =
        progress().stream()
            .filter(each -> each.at() != null && each.touched())
            .max(Comparator.comparing(each -> Objects.requireNonNull(each.at())));
    this.movedAt = newest.map(Progress::at).orElse(Instant.EPOCH);
    this.moved = newest.map(Progress::moved).orElse("");
    Evidence shown = new Evidence(policy.failure(), from, now);
    for (Assessed object : objects) {
      trouble(object)
          .flatMap(each -> shown.of(object, each, known(object), othersAreWell(object)))
          .ifPresent(it -> evidence.put(object.key(), it));
    }
    Map<ObjectKey, Progress> held = new LinkedHashMap<>();
    objects.forEach(object -> held.put(object.key(), known(object).withHeld(held(object))));
    known.putAll(held);
  }

  /**
   * Weighs these objects.
   *
   * @param before what is remembered of them
   * @param begun when the change began
   * @param from when the clock begins that counts while nothing moves
   */
  static Certainty of(
      List<Assessed> objects,
      List<Progress> before,
      Instant begun,
      Instant from,
      Policy policy,
      Instant now) {
    return new Certainty(objects, before, begun, from, policy, now);
  }

  /** What is to be remembered of them. */
  List<Progress> progress() {
    return Stream.concat(known.values().stream(), unseen.stream()).toList();
  }

  /** When any of them last came further than ever before; the epoch where none has. */
  Instant movedAt() {
    return movedAt;
  }

  /** The same in words for people: what moved last, and when; empty where nothing has. */
  String lastProgress() {
    if (moved.isEmpty() || movedAt.isBefore(from)) {
      return "";
    }
    return "last progress at %s: %s".formatted(Rollout.clock(movedAt), moved);
  }

  /** The objects, of which those have failed whose trouble is certain by now. */
  List<Assessed> weighed() {
    return objects.stream().map(object -> object.with(weighed(object))).toList();
  }

  private Readiness weighed(Assessed object) {
    return switch (object.readiness()) {
      case Current current -> current;
      case Failed failed ->
          isTouched(object)
              ? failed
              : new InProgress(
                  failed.message() + "; " + UNTOUCHED,
                  failed.cause().pod(),
                  failed.cause().container());
      case InProgress inProgress ->
          inProgress
              .wrong()
              .flatMap(trouble -> certain(object, trouble))
              .<Readiness>map(Failed::new)
              .orElse(inProgress);
    };
  }

  /** The cause, with the evidence; empty while the trouble may pass. */
  private Optional<Cause> certain(Assessed object, Trouble trouble) {
    return isTouched(object) && !waits(object, trouble) && hasTriedSince(object, trouble)
        ? evidence(object).map(words -> trouble.cause().withEvidence(words))
        : Optional.empty();
  }

  /** Whether another object of the change may still help. */
  private boolean waits(Assessed object, Trouble trouble) {
    if (policy.failure().when() == When.RESTARTS) {
      return false;
    }
    return switch (trouble.sign()) {
      case Trouble.Exits exits ->
          others(object).anyMatch(other -> moves(other) || hasToTryAgain(other));
      case Trouble.Missing missing ->
          others(object)
              .filter(other -> other.facts().maker() || !object.facts().neverComes())
              .anyMatch(this::moves);
      case Trouble.NotStarted notStarted -> others(object).anyMatch(this::moves);
      case Trouble.Overdue overdue -> others(object).anyMatch(this::moves);
      case Trouble.ImageNotFound notFound -> false;
      case Trouble.Denied denied -> false;
      case Trouble.Certain certain -> false;
      case Trouble.MayPass mayPass -> false;
    };
  }

  /**
   * Whether it has tried again since another object could last help it: what was waited for may
   * have come a moment ago, and a container in back-off, or a Pod that is looked at again every few
   * seconds, does not know that yet.
   */
  private boolean hasTriedSince(Assessed object, Trouble trouble) {
    Held held = known(object).held();
    if (held == null || policy.failure().when() == When.RESTARTS) {
      return true;
    }
    return switch (trouble.sign()) {
      // A run that began and ended between two looks is told from an older one by its time only.
      case Trouble.Exits exits ->
          (object.facts().advance().tries().exits() > held.exits()
                  && !exits.counts().lastStartedAt().isBefore(held.at()))
              || !now.isBefore(clock().plus(ownTime(object)));
      case Trouble.Missing missing ->
          object.facts().neverComes() || !now.isBefore(held.at().plus(TRIES_AGAIN));
      case Trouble.NotStarted notStarted -> !now.isBefore(held.at().plus(TRIES_AGAIN));
      case Trouble.Overdue overdue -> !now.isBefore(held.at().plus(TRIES_AGAIN));
      case Trouble.ImageNotFound notFound -> true;
      case Trouble.Denied denied -> true;
      case Trouble.Certain certain -> true;
      case Trouble.MayPass mayPass -> true;
    };
  }

  /** What is to be remembered of this object of what others, which may help it, did just now. */
  private @Nullable Held held(Assessed object) {
    Held before = known(object).held();
    Tries tries = object.facts().advance().tries();
    Optional<Trouble> trouble = trouble(object);
    if (tries.exits() == 0 && trouble.isEmpty()) {
      return before;
    }
    boolean exits = tries.exits() > 0;
    // Of two that are in trouble none makes what the other lacks, but one may answer the other.
    boolean move =
        others(object).anyMatch(other -> moves(other) && (exits || trouble(other).isEmpty()));
    boolean helps =
        move
            || (exits && others(object).anyMatch(this::hasToTryAgain))
            || (!object.facts().missing().isEmpty() && !isPatienceOver(object));
    int then = before == null ? 0 : before.exits();
    int chance = before == null ? 0 : before.chance();
    int count = helps ? tries.begun() : Math.min(then, tries.begun());
    int moved = move ? tries.begun() : Math.min(chance, tries.begun());
    if (before == null && !helps) {
      return null;
    }
    // Rounded up, so that it need not be written each time.
    Instant at = helps && (before == null || !now.isBefore(before.at())) ? now.plus(SETTLES) : null;
    return new Held(at == null ? Objects.requireNonNull(before).at() : at, count, moved);
  }

  private boolean isPatienceOver(Assessed object) {
    return !now.isBefore(firstExit(object).plus(policy.failure().patience()));
  }

  /** By what it has failed unless another object of the change may still help it. */
  private Optional<String> evidence(Assessed object) {
    return Optional.ofNullable(evidence.get(object.key()));
  }

  /** The other objects that the change has brought or changed. */
  private Stream<Assessed> others(Assessed object) {
    return objects.stream().filter(other -> !other.key().equals(object.key()) && isTouched(other));
  }

  private boolean othersAreWell(Assessed object) {
    return others(object).allMatch(other -> other.readiness() instanceof Current);
  }

  /** Whether it is in progress, within its time, and may well get ready by itself. */
  private boolean moves(Assessed object) {
    return object.readiness() instanceof InProgress
        && now.isBefore(clock().plus(ownTime(object)))
        && evidence(object).isEmpty();
  }

  /** Whether another has just helped it, and it has not run since. */
  private boolean hasToTryAgain(Assessed object) {
    Held held = known(object).held();
    return held != null
        && now.isBefore(clock().plus(ownTime(object)))
        && evidence(object).isPresent()
        && trouble(object).filter(each -> each.sign() instanceof Trouble.Exits).isPresent()
        && object.facts().advance().tries().exits() <= held.chance();
  }

  private Instant firstExit(Assessed object) {
    Instant first = known(object).firstExit();
    return first == null ? now : first;
  }

  private Progress known(Assessed object) {
    return Objects.requireNonNull(known.get(object.key()));
  }

  /**
   * Also where it was only seen before: of what is well by now nobody looks whose data it reads.
   */
  private boolean isTouched(Assessed object) {
    return known(object).touched();
  }

  private static Optional<Trouble> trouble(Assessed object) {
    return object.readiness() instanceof InProgress inProgress
        ? inProgress.wrong()
        : Optional.empty();
  }

  /** Since when nothing has moved. */
  private Instant clock() {
    return movedAt.isAfter(from) ? movedAt : from;
  }

  /** How long it may go without progress, for itself. */
  private Duration ownTime(Assessed object) {
    Duration own = object.timeout();
    Duration allowed = object.facts().advance().allowed();
    Duration timeout = own == null ? policy.timeout() : own;
    return allowed.compareTo(timeout) > 0 ? allowed : timeout;
  }

  /**
   * Until when this object has time: as long as something of the change moves, as its own spec
   * allows, and as long as what it may wait for has. One with a timeout of its own has that.
   */
  Instant deadline(Assessed object) {
    Duration time = ownTime(object);
    if (object.timeout() == null) {
      time =
          others(object)
              .filter(this::moves)
              .map(this::ownTime)
              .max(Comparator.naturalOrder())
              .filter(longest -> longest.compareTo(ownTime(object)) > 0)
              .orElse(time);
    }
    return Rollout.earlier(clock().plus(time), end());
  }

  /** Whether this object has had its time. */
  boolean isLate(Assessed object) {
    return !now.isBefore(deadline(object));
  }

  /** When the change is at its end, whatever moves, by the policy. */
  Instant end() {
    Duration maximum = policy.failure().maximum();
    return maximum == null ? Instant.MAX : begun.plus(maximum);
  }

  /** Why this object, which is not ready, is late. */
  Cause late(Assessed object, InProgress inProgress) {
    String waited =
        movedAt.isAfter(from)
            ? "no progress for %s (%s)"
                .formatted(Rollout.human(Duration.between(clock(), now)), lastProgress())
            : "not ready within %s".formatted(Rollout.human(ownTime(object)));
    String untouched = isTouched(object) ? "" : UNTOUCHED + ", and ";
    Optional<Cause> cause = inProgress.wrong().map(Trouble::cause);
    if (cause.isPresent()) {
      return (isTouched(object)
              ? cause.get()
              : cause.get().withMessage(untouched + waited + ": " + cause.get().message()))
          .withEvidence(waited);
    }
    return Cause.ofPod(
        "NotReadyInTime",
        object.key(),
        inProgress.pod(),
        inProgress.container(),
        untouched + waited + ": " + inProgress.message());
  }

  /** The time of the object that has most of it, of those that are not ready. */
  Duration longest() {
    return objects.stream()
        .filter(object -> isTouched(object) && !(object.readiness() instanceof Current))
        .map(this::ownTime)
        .max(Comparator.naturalOrder())
        .orElse(policy.timeout());
  }
}
