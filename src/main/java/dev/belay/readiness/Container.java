package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * One container of a Pod as the kubelet reports it.
 *
 * @param status the ContainerStatus
 * @param role what it is for in the Pod
 * @param together restarts, at most, of all containers of the Pod together
 */
record Container(JsonNode status, Role role, int together) {

  /** As messages call it. */
  enum Role {
    /** Runs to its end before the others start. */
    INIT("init container"),
    /** Starts before the others, and runs beside them. */
    SIDECAR("sidecar container"),
    MAIN("container");

    private final String words;

    Role(String words) {
      this.words = words;
    }
  }

  /** All containers of the Pod, those that run first coming first. */
  static List<Container> of(KubeObject pod) {
    List<Container> containers = new ArrayList<>();
    Set<String> sidecars =
        pod.list("spec", "initContainers").stream()
            .filter(spec -> spec.path("restartPolicy").asText().equals("Always"))
            .map(spec -> spec.path("name").asText())
            .collect(Collectors.toSet());
    int together = together(pod);
    for (JsonNode status : pod.list("status", "initContainerStatuses")) {
      boolean sidecar = sidecars.contains(status.path("name").asText());
      containers.add(new Container(status, sidecar ? Role.SIDECAR : Role.INIT, together));
    }
    pod.list("status", "containerStatuses")
        .forEach(status -> containers.add(new Container(status, Role.MAIN, together)));
    return containers;
  }

  /**
   * How often all containers may have been restarted together: each counts such a restart as one of
   * its own. Only the last two ends tell of what kind they were.
   */
  private static int together(KubeObject pod) {
    boolean rule =
        Stream.of("containers", "initContainers")
            .flatMap(list -> pod.list("spec", list).stream())
            .flatMap(
                spec -> StreamSupport.stream(spec.path("restartPolicyRules").spliterator(), false))
            .anyMatch(each -> each.path("action").asText().equals("RestartAllContainers"));
    return !rule
        ? 0
        : Stream.of("containerStatuses", "initContainerStatuses")
            .flatMap(list -> pod.list("status", list).stream())
            .mapToInt(status -> status.path("restartCount").asInt())
            .min()
            .orElse(0);
  }

  String name() {
    return status.path("name").asText();
  }

  /** How messages call it: {@code container web}, {@code init container migrate}. */
  String display() {
    return role.words + " " + name();
  }

  /** The image as the spec of the Pod writes it. */
  String image() {
    return status.path("image").asText();
  }

  int restarts() {
    return status.path("restartCount").asInt();
  }

  boolean ready() {
    return status.path("ready").asBoolean();
  }

  boolean running() {
    return status.path("state").has("running");
  }

  /** Why it does not run, as {@code CrashLoopBackOff}; empty when it does not wait. */
  String waitingReason() {
    return status.path("state").path("waiting").path("reason").asText();
  }

  String waitingMessage() {
    return status.path("state").path("waiting").path("message").asText();
  }

  /** How it ended, now or the last time; missing when it never ended. */
  JsonNode ended() {
    JsonNode now = status.path("state").path("terminated");
    return now.isObject() ? now : status.path("lastState").path("terminated");
  }

  boolean terminated() {
    return status.path("state").path("terminated").isObject();
  }

  /** Whether it runs, or has run, in this Pod. */
  boolean hasStarted() {
    return running() || terminated() || restarts() > 0 || !seenExits().isEmpty();
  }

  /** Whether it is as it should be: an init container at its end, any other running and ready. */
  boolean isWell() {
    return role == Role.INIT ? isDone() : running() && ready();
  }

  /** Whether it is an init container that has done what it was to do. */
  private boolean isDone() {
    return role == Role.INIT && terminated() && ended().path("exitCode").asInt() == 0;
  }

  /**
   * How often it has exited: once more than it was restarted, except while it runs. One that the
   * node has lost or could not start, and one of all containers restarted together, is none.
   */
  int exits() {
    List<JsonNode> seen = seenExits();
    if (seen.isEmpty()) {
      return 0;
    }
    long none = allSeen().stream().filter(end -> isNoExit(end) && !isTogether(end)).count();
    long all = Math.max(together, allSeen().stream().filter(Container::isTogether).count());
    long times = restarts() + (running() || isDone() ? 0 : 1) - none - all;
    return (int) Math.max(seen.size(), times);
  }

  /** The exits that the kubelet still tells of, the oldest first. */
  List<JsonNode> seenExits() {
    return allSeen().stream().filter(end -> !isNoExit(end)).toList();
  }

  private List<JsonNode> allSeen() {
    JsonNode now = status.path("state").path("terminated");
    JsonNode last = status.path("lastState").path("terminated");
    return (isDone() ? Stream.of(last) : Stream.of(last, now)).filter(JsonNode::isObject).toList();
  }

  /**
   * Whether it ended through no fault of its own. The kubelet says so with two reasons
   * (kubelet_pods.go), containerd where it has lost a container, with its node or in a restart of
   * itself (internal/cri/server/restart.go), and its runtime where that could not start it for a
   * reason that is not the image's.
   */
  private static boolean isNoExit(JsonNode end) {
    return switch (end.path("reason").asText()) {
      case "ContainerStatusUnknown" -> true;
      case "Unknown" -> end.path("exitCode").asInt() == Exit.UNKNOWN;
      default -> isTogether(end) || Exit.isNotStartedByNode(end);
    };
  }

  private static boolean isTogether(JsonNode end) {
    return end.path("reason").asText().equals("RestartingAllContainers");
  }
}
