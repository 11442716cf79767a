package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.List;

/**
 * One container of a Pod as the kubelet reports it.
 *
 * @param status the ContainerStatus
 * @param init whether it runs before the others
 */
record Container(JsonNode status, boolean init) {

  /** All containers of the Pod, those that run first coming first. */
  static List<Container> of(KubeObject pod) {
    List<Container> containers = new ArrayList<>();
    pod.list("status", "initContainerStatuses")
        .forEach(s -> containers.add(new Container(s, true)));
    pod.list("status", "containerStatuses").forEach(s -> containers.add(new Container(s, false)));
    return containers;
  }

  String name() {
    return status.path("name").asText();
  }

  /** How messages call it: {@code container web}, {@code init container migrate}. */
  String display() {
    return (init ? "init container " : "container ") + name();
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
}
