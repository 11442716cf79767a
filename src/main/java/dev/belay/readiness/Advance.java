package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.StartHistory;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far an object is just now: for a workload how many Pods and containers of its newest template
 * are at each step of a start, for a custom resource which conditions it has.
 *
 * @param template what the steps are of: another template begins anew
 * @param marks the steps
 * @param set whether the marks are hashes of what was seen, instead of numbers that grow
 * @param pulling the Pod that pulls its image without an error; empty where none does
 * @param allowed how long the object may go without a step by its own spec
 * @param start how it starts
 * @param tries how often its containers have exited, and how many run again
 */
public record Advance(
    String template,
    List<Mark> marks,
    boolean set,
    String pulling,
    Duration allowed,
    StartHistory start,
    Tries tries) {

  /** How long an image may be pulled; container runtimes give up a pull that does not move. */
  private static final Duration PULL = Duration.ofMinutes(30);

  /** Bounds what specs allow themselves, as the schema of a policy does. */
  static final long MAX_SECONDS = Duration.ofDays(7).toSeconds();

  /** An object of which nothing is known. */
  public static final Advance NONE = withoutPods("", List.of(), false);

  public Advance {
    marks = List.copyOf(marks);
  }

  /**
   * One step.
   *
   * @param value how many have reached it, or the hash of what was seen
   * @param at when the newest did; the epoch where that is not told
   * @param words what that was: {@code Pod ring-2 became ready}
   */
  public record Mark(int value, Instant at, String words) {}

  /**
   * Runs of containers of the newest template.
   *
   * @param exits how many have ended
   * @param running how many are under way of containers that have exited before
   * @param lived how long the one of these lived that last lived longest before it exited
   */
  public record Tries(int exits, int running, Duration lived) {

    public static final Tries NONE = new Tries(0, 0, Duration.ZERO);

    static Tries of(List<NewPod> pods) {
      List<Container> exited =
          pods.stream()
              .filter(pod -> !pod.isDisrupted())
              .flatMap(pod -> Container.of(pod.pod()).stream())
              .filter(container -> container.exits() > 0)
              .toList();
      return new Tries(
          exited.stream().mapToInt(Container::exits).sum(),
          (int) exited.stream().filter(Container::running).count(),
          pods.stream()
              .filter(pod -> !pod.isDisrupted() && !pod.isOlder())
              .flatMap(pod -> Container.of(pod.pod()).stream())
              .filter(container -> container.exits() > 0 && container.running())
              .map(container -> Exit.run(container.ended()))
              .max(Comparator.naturalOrder())
              .orElse(Duration.ZERO));
    }

    /** So many exits may be of runs that have begun by now. */
    public int begun() {
      return exits + running;
    }
  }

  /**
   * How far this object is.
   *
   * @param since when the change began: what older Pods have gone through was no part of it
   */
  public static Advance of(
      KubeObject object, Related related, Readiness readiness, Instant since, Instant now) {
    Mark current =
        new Mark(
            readiness instanceof Current ? 1 : 0,
            Instant.EPOCH,
            object.key().display() + " became ready");
    String key = object.key().toString();
    if (Kinds.isCustom(object)) {
      return withoutPods(key, conditions(object), true);
    }
    if (!Assess.selectsPods(object) && !object.key().groupKind().equals("Pod")) {
      return withoutPods(key, List.of(current), false);
    }
    Subject subject = new Subject(object, related, since, now);
    List<NewPod> all =
        NewRevision.pods(object, related).stream().map(pod -> NewPod.of(subject, pod)).toList();
    List<NewPod> pods = all.stream().filter(pod -> !pod.hasEnded()).toList();
    List<Mark> marks = new ArrayList<>(List.of(current));
    marks.add(condition(pods, "PodScheduled", "has a node"));
    marks.add(condition(pods, "PodReadyToStartContainers", "has its volumes and its network"));
    marks.add(containers(pods, Step.PULLED));
    marks.add(containers(pods, Step.INITIALIZED));
    marks.add(containers(pods, Step.STARTED));
    marks.add(containers(pods, Step.STARTUP_PROBED));
    marks.add(condition(pods, "Ready", "became ready"));
    marks.add(count(object, "updated", "updatedReplicas", "updatedNumberScheduled"));
    marks.add(count(object, "available", "availableReplicas", "numberAvailable"));
    marks.add(count(object, "complete", "succeeded", "succeeded"));
    marks.add(scaledUp(pods));
    String pulling =
        pods.stream()
            .filter(pod -> isPulling(pod, now))
            .findFirst()
            .map(pod -> pod.pod().name())
            .orElse("");
    return new Advance(
        NewRevision.template(object, related),
        marks,
        false,
        pulling,
        OwnTime.of(object, related),
        start(key, all),
        Tries.of(all));
  }

  private static Advance withoutPods(String key, List<Mark> marks, boolean set) {
    StartHistory none = StartHistory.of(key, Map.of(), 0);
    return new Advance("", marks, set, "", Duration.ZERO, none, Tries.NONE);
  }

  private enum Step {
    PULLED("has an image"),
    INITIALIZED("is past an init container"),
    STARTED("has started a container"),
    STARTUP_PROBED("has a container that is past its startup probe");

    private final String words;

    Step(String words) {
      this.words = words;
    }

    boolean isReached(Container container) {
      return switch (this) {
        case PULLED ->
            !container.status().path("imageID").asText().isEmpty() || container.hasStarted();
        case INITIALIZED -> container.role() == Container.Role.INIT && container.isWell();
        case STARTED -> container.hasStarted();
        case STARTUP_PROBED -> container.status().path("started").asBoolean();
      };
    }
  }

  private static Mark condition(List<NewPod> pods, String type, String words) {
    List<NewPod> there = pods.stream().filter(pod -> Generic.isTrue(pod.condition(type))).toList();
    return there.stream()
        .max(Comparator.comparing(pod -> since(pod, type)))
        .map(
            pod ->
                new Mark(there.size(), since(pod, type), "Pod " + pod.pod().name() + " " + words))
        .orElse(new Mark(0, Instant.EPOCH, ""));
  }

  private static Instant since(NewPod pod, String type) {
    return Times.parse(pod.condition(type).path("lastTransitionTime").asText());
  }

  private static Mark containers(List<NewPod> pods, Step step) {
    int count = 0;
    Instant at = Instant.EPOCH;
    String words = "";
    for (NewPod pod : pods) {
      for (Container container : Container.of(pod.pod())) {
        if (step.isReached(container)) {
          count++;
          Instant since = reachedAt(container);
          if (words.isEmpty() || !since.isBefore(at)) {
            at = since;
            words = "Pod " + pod.pod().name() + " " + step.words;
          }
        }
      }
    }
    return new Mark(count, at, words);
  }

  /** One that restarts tells no more of when it first started. */
  private static Instant reachedAt(Container container) {
    JsonNode running = container.status().path("state").path("running");
    return container.restarts() == 0
        ? Times.parse(running.path("startedAt").asText())
        : Instant.EPOCH;
  }

  private static Mark count(KubeObject object, String words, String field, String ofDaemons) {
    boolean daemons = object.key().groupKind().equals("DaemonSet.apps");
    int count = (int) object.number(0, "status", daemons ? ofDaemons : field);
    return new Mark(
        count, Instant.EPOCH, "%s has %d Pods %s".formatted(object.key().display(), count, words));
  }

  private static Mark scaledUp(List<NewPod> pods) {
    return pods.stream()
        .filter(pod -> !pod.events().newest("TriggeredScaleUp", "", "").isEmpty())
        .findFirst()
        .map(pod -> new Mark(1, Instant.EPOCH, "a node is being added for Pod " + pod.pod().name()))
        .orElse(new Mark(0, Instant.EPOCH, ""));
  }

  /** What any of its conditions has said so far: one that says something new has moved on. */
  private static List<Mark> conditions(KubeObject object) {
    List<Mark> marks = new ArrayList<>();
    for (JsonNode condition : object.list("status", "conditions")) {
      String type = condition.path("type").asText();
      String status = condition.path("status").asText();
      String reason = condition.path("reason").asText();
      marks.add(
          new Mark(
              (type + "=" + status + "/" + reason).hashCode(),
              Times.parse(condition.path("lastTransitionTime").asText()),
              "%s has %s=%s%s"
                  .formatted(
                      object.key().display(),
                      type,
                      status,
                      reason.isEmpty() ? "" : " (" + reason + ")")));
    }
    return marks;
  }

  /**
   * Whether an image is being pulled: sandbox, volumes and network are there, a container is not,
   * and nothing is wrong. The condition is written since Kubernetes 1.29; before, and where no
   * condition is, an Event says it.
   */
  private static boolean isPulling(NewPod pod, Instant now) {
    if (!now.isBefore(pod.startableAt().plus(PULL))) {
      return false;
    }
    boolean waits = false;
    boolean initialized = true;
    for (Container container : Container.of(pod.pod())) {
      String reason = container.waitingReason();
      // One behind an init container that runs waits for that, and for no image.
      waits |=
          initialized && (reason.equals("ContainerCreating") || reason.equals("PodInitializing"));
      initialized &=
          container.role() == Container.Role.MAIN
              || (container.role() == Container.Role.INIT
                  ? container.isWell()
                  : container.hasStarted());
    }
    boolean sandbox = Generic.isTrue(pod.condition("PodReadyToStartContainers"));
    return waits && (sandbox || pod.events().newestIs("Pulling"));
  }

  /**
   * What the Pods tell of a start of their containers. What restarted in a Pod that is older than
   * the change may have done so years after its start: only that it never did tells something.
   */
  private static StartHistory start(String key, List<NewPod> pods) {
    Map<String, Integer> exits = new HashMap<>();
    long seconds = 0;
    for (NewPod pod : pods) {
      boolean older = pod.isOlder();
      for (Container container : Container.of(pod.pod())) {
        boolean started = pod.ready() && (!older || container.restarts() == 0);
        if (started || (!older && container.exits() > 0)) {
          exits.merge(container.name(), container.exits(), Math::max);
        }
      }
      if (pod.ready() && !older) {
        Instant started = Times.parse(pod.pod().text("", "status", "startTime"));
        seconds = Math.max(seconds, Duration.between(started, since(pod, "Ready")).toSeconds());
      }
    }
    return StartHistory.of(key, exits, (int) Math.min(Math.max(0, seconds), MAX_SECONDS));
  }
}
