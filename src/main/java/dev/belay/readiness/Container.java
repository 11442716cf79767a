package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One container of a Pod as the kubelet reports it.
 *
 * @param status the ContainerStatus
 * @param role what it is for in the Pod
 */
record Container(JsonNode status, Role role) {

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
    for (JsonNode status : pod.list("status", "initContainerStatuses")) {
      boolean sidecar = sidecars.contains(status.path("name").asText());
      containers.add(new Container(status, sidecar ? Role.SIDECAR : Role.INIT));
    }
    pod.list("status", "containerStatuses")
        .forEach(status -> containers.add(new Container(status, Role.MAIN)));
    return containers;
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
   * node has lost, and one of all containers restarted together, is none, nor is the end of an init
   * container that is done.
   */
  int exits() {
    if (seenExits().isEmpty()) {
      return 0;
    }
    long none = allSeen().stream().filter(Container::isNoExit).count();
    return (int) Math.max(0, restarts() + (running() || isDone() ? 0 : 1) - none);
  }

  /** The exits that the kubelet still tells of, the oldest first. */
  List<JsonNode> seenExits() {
    return allSeen().stream().filter(end -> !isNoExit(end)).toList();
  }

  private List<JsonNode> allSeen() {
    return Stream.of(
            status.path("lastState").path("terminated"), status.path("state").path("terminated"))
        .filter(JsonNode::isObject)
        .toList();
  }

  /** Reasons with which a container ended through no fault of its own (kubelet_pods.go). */
  private static boolean isNoExit(JsonNode end) {
    return switch (end.path("reason").asText()) {
      case "ContainerStatusUnknown", "RestartingAllContainers" -> true;
      default -> false;
    };
  }
}
