package dev.belay.rollout;

import dev.belay.api.Progress;
import dev.belay.api.StartHistory;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Cause;
import dev.belay.readiness.Current;
import dev.belay.readiness.ExitCounts;
import dev.belay.readiness.Failed;
import dev.belay.readiness.InProgress;
import dev.belay.readiness.Readiness;
import dev.belay.readiness.Trouble;
import dev.belay.rollout.FailureRule.When;
import dev.belay.rollout.Observation.Assessed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The objects of a change, weighed together: whose trouble is certain by now, and until when the
 * others have time.
 *
 * <p>A false rollback is worse than a slow one. What could still pass, by itself or with another
 * object of the change, has time until nothing of the change has moved for the timeout.
 */
final class Certainty {

  /** A run that ended sooner after its start may count as an exit at the start. */
  private static final Duration AT_START = Duration.ofSeconds(30);

  /** Times of the kubelet are whole seconds, and a Service may follow its Pods a moment later. */
  private static final Duration SETTLES = Duration.ofSeconds(2);

  private static final String UNTOUCHED = "not touched by the change";

  private final List<Assessed> objects;
  private final List<Progress> progress;
  private final Instant from;
  private final Instant begun;
  private final Policy policy;
  private final Instant now;
  private final Instant movedAt;
  private final String moved;

  /** By what each object in trouble would have failed were it alone in the change. */
  private final Map<ObjectKey, Optional<String>> evidence = new HashMap<>();

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
    this.progress = new ArrayList<>();
    for (Assessed object : objects) {
      progress.add(Marks.merged(Marks.of(object.key(), before), object, now));
    }
    // What is not looked at just now is remembered as it was.
    List<String> seen = progress.stream().map(each -> each.start().object()).toList();
    before.stream()
        .filter(each -> !seen.contains(each.start().object()))
        .forEach(this.progress::add);
    Optional<Progress> newest =
        progress.stream()
            .filter(each -> each.at() != null)
            .max(Comparator.comparing(each -> Objects.requireNonNull(each.at())));
    this.movedAt = newest.map(Progress::at).orElse(Instant.EPOCH);
    this.moved = newest.map(Progress::moved).orElse("");
    for (int i = 0; i < objects.size(); i++) {
      Assessed object = objects.get(i);
      if (object.readiness() instanceof InProgress inProgress && inProgress.trouble() != null) {
        evidence.put(object.key(), alone(object, progress.get(i), inProgress.trouble()));
      }
    }
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
    return progress;
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
          object.facts().touched()
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
    if (!object.facts().touched()) {
      return Optional.empty();
    }
    boolean waits =
        switch (trouble.sign()) {
          case Trouble.Exits exits ->
              policy.failure().when() == When.EVIDENCE && others(object).anyMatch(this::moves);
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
    return waits
        ? Optional.empty()
        : alone(object).map(words -> trouble.cause().withEvidence(words));
  }

  /**
   * By what this object would have failed were it alone in the change; empty while it may not have.
   */
  private Optional<String> alone(Assessed object) {
    return evidence.getOrDefault(object.key(), Optional.empty());
  }

  private Optional<String> alone(Assessed object, Progress known, Trouble trouble) {
    FailureRule rule = policy.failure();
    Instant since = known.troubleSince() == null ? now : known.troubleSince();
    return switch (trouble.sign()) {
      case Trouble.Exits exits -> exits(object, known, exits);
      case Trouble.ImageNotFound notFound -> {
        Instant asked = notFound.since() == null ? since : Rollout.earlier(notFound.since(), since);
        yield after(asked, rule.imageNotFound(), "the registry has not known the image for %s");
      }
      case Trouble.Missing missing ->
          object.facts().neverComes()
              ? Optional.of(
                  "%s is of this release, and nobody else writes it"
                      .formatted(missing.object().display()))
              : after(since, patience(), "missing for %s, and nothing in progress may make it");
      case Trouble.Denied denied -> after(since, patience(), "refused for %s");
      case Trouble.NotStarted notStarted -> after(since, patience(), "tried again for %s");
      case Trouble.Overdue overdue -> {
        Instant moving = known.at() == null || known.at().isBefore(from) ? from : known.at();
        boolean pulls = !object.facts().advance().pulling().isEmpty();
        yield pulls || now.isBefore(moving.plus(object.facts().advance().allowed()))
            ? Optional.empty()
            : Optional.of("the deadline of its own controller has passed");
      }
      case Trouble.Certain certain -> Optional.of("");
      case Trouble.MayPass mayPass -> Optional.empty();
    };
  }

  /** What was given before evidence counted: time for what may come a moment later. */
  private Duration patience() {
    return policy.failure().when() == When.RESTARTS
        ? policy.failure().imageNotFound()
        : policy.failure().patience();
  }

  private Optional<String> after(Instant since, Duration tolerated, String words) {
    return now.isBefore(since.plus(tolerated))
        ? Optional.empty()
        : Optional.of(words.formatted(Rollout.human(Duration.between(since, now))));
  }

  private Optional<String> exits(Assessed object, Progress known, Trouble.Exits exits) {
    ExitCounts counts = exits.counts();
    FailureRule rule = policy.failure();
    if (rule.when() == When.RESTARTS) {
      return counts.most() > rule.exits()
          ? Optional.of("restarted %d times".formatted(counts.most() - 1))
          : Optional.empty();
    }
    Instant first = known.firstExit() == null ? now : known.firstExit();
    int needed = normal(object, exits) + rule.exits() + 1;
    boolean patient =
        Math.max(counts.most(), counts.perPod()) >= needed
            && !now.isBefore(first.plus(rule.patience()))
            && hasTriedSince(object, counts);
    return patient || isEarly(object, known, exits)
        ? Optional.of(words(object, counts, exits.container(), first))
        : Optional.empty();
  }

  /**
   * Whether a container fails for certain before anything is given the time to pass: it has started
   * well before, and does not now, on any Pod, though all else is as it should be.
   */
  private boolean isEarly(Assessed object, Progress known, Trouble.Exits exits) {
    ExitCounts counts = exits.counts();
    FailureRule rule = policy.failure();
    StartHistory before = object.facts().before();
    if (before == null || exits.init() || rule.when() == When.RESTARTS) {
      return false;
    }
    Instant first = known.firstExit() == null ? now : known.firstExit();
    int normal = before.exits(exits.container());
    Duration took = normal == 0 ? Duration.ZERO : Duration.ofSeconds(before.seconds());
    Duration least = took.compareTo(rule.minimum()) > 0 ? took : rule.minimum();
    return counts.perPod() >= normal + rule.exits()
        && counts.exited() == counts.started()
        && counts.errors()
        && counts.longest().compareTo(AT_START) <= 0
        && counts.othersWell()
        && !counts.older()
        && object.facts().missing().isEmpty()
        && !now.isBefore(first.plus(least))
        && others(object).allMatch(other -> other.readiness() instanceof Current)
        && hasTriedSince(object, counts);
  }

  /** Whether a run has exited that began when all others were as they are now. */
  private boolean hasTriedSince(Assessed object, ExitCounts counts) {
    Instant others =
        others(object)
            .map(other -> Marks.of(other.key(), progress))
            .filter(Objects::nonNull)
            .map(Progress::at)
            .filter(Objects::nonNull)
            .max(Comparator.naturalOrder())
            .orElse(Instant.EPOCH);
    // Or nothing of the others has moved for its whole time: no run is waited for any more.
    return !counts.lastStartedAt().isBefore(others.plus(SETTLES))
        || !now.isBefore(others.plus(ownTime(object)));
  }

  private static int normal(Assessed object, Trouble.Exits exits) {
    StartHistory before = object.facts().before();
    return before == null ? 0 : before.exits(exits.container());
  }

  private String words(Assessed object, ExitCounts counts, String container, Instant first) {
    int times = Math.max(counts.perPod(), counts.started() == 1 ? counts.most() : 0);
    String now =
        "exited %d times within %s on %d of %d new Pods"
            .formatted(
                counts.exited() < counts.started() ? counts.most() : Math.max(1, times),
                Rollout.human(Duration.between(first, this.now)),
                counts.exited(),
                Math.max(counts.started(), counts.exited()));
    StartHistory before = object.facts().before();
    return before == null
        ? now + "; no earlier start of it is known"
        : now + "; at the last verified start: %d times".formatted(before.exits(container));
  }

  /** The other objects that the change has brought or changed. */
  private Stream<Assessed> others(Assessed object) {
    return objects.stream()
        .filter(other -> !other.key().equals(object.key()) && other.facts().touched());
  }

  /** Whether it is in progress, and not itself past its time. */
  private boolean moves(Assessed object) {
    return object.readiness() instanceof InProgress
        && now.isBefore(clock().plus(ownTime(object)))
        && alone(object).isEmpty();
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
    Instant deadline = clock().plus(time);
    Duration maximum = policy.failure().maximum();
    return maximum == null ? deadline : Rollout.earlier(deadline, begun.plus(maximum));
  }

  /** Why this object, which is not ready, is late. */
  Cause late(Assessed object, InProgress inProgress) {
    String waited =
        movedAt.isAfter(from)
            ? "no progress for %s (%s)"
                .formatted(Rollout.human(Duration.between(clock(), now)), lastProgress())
            : "not ready within %s".formatted(Rollout.human(ownTime(object)));
    String untouched = object.facts().touched() ? "" : UNTOUCHED + ", and ";
    Optional<Cause> cause = inProgress.wrong().map(Trouble::cause);
    if (cause.isPresent()) {
      return (object.facts().touched()
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

  /** The time of the object that has most of it. */
  Duration longest() {
    return objects.stream()
        .map(this::ownTime)
        .max(Comparator.naturalOrder())
        .orElse(policy.timeout());
  }
}
