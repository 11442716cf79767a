package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * One Pod of the newest revision, looked at for its workload.
 *
 * @param subject the workload
 * @param pod the Pod
 * @param events the Events about the Pod
 */
record NewPod(Subject subject, KubeObject pod, RelatedEvents events) {

  static NewPod of(Subject subject, KubeObject pod) {
    return new NewPod(subject, pod, RelatedEvents.about(pod, subject.related().events()));
  }

  /** Why the Pod will not become ready by itself; empty when it may. */
  Optional<Cause> trouble() {
    for (Container container : Container.of(pod)) {
      Optional<Cause> trouble =
          CrashLoop.of(this, container)
              .or(() -> ImagePull.of(this, container))
              .or(() -> ContainerStart.of(this, container));
      if (trouble.isPresent()) {
        return trouble;
      }
    }
    return Optional.empty();
  }

  /** The same Pod when nothing is tolerated any more. */
  NewPod withoutBudget() {
    return new NewPod(
        new Subject(
            subject.object(), subject.related(), Budget.NONE, subject.since(), subject.now()),
        pod,
        events);
  }

  /** Whether it was there before the change that is judged. Times of objects are whole seconds. */
  boolean isOlder() {
    String created = pod.text("", "metadata", "creationTimestamp");
    return !created.isEmpty()
        && Times.parse(created).isBefore(subject.since().truncatedTo(ChronoUnit.SECONDS));
  }

  Budget budget() {
    return subject.budget();
  }

  boolean ready() {
    return condition("Ready").path("status").asText().equals("True");
  }

  JsonNode condition(String type) {
    return pod.condition(type);
  }

  /**
   * How long the containers could have run since the change began: since the kubelet took the Pod,
   * or since its last init container ended.
   */
  Duration startable() {
    String created = pod.text("", "metadata", "creationTimestamp");
    Duration age = Times.since(pod.text(created, "status", "startTime"), subject.now());
    if (isOlder()) {
      age = Duration.between(subject.since(), subject.now());
    }
    for (JsonNode init : pod.list("status", "initContainerStatuses")) {
      String finished = init.path("state").path("terminated").path("finishedAt").asText();
      Duration sinceInit = Times.since(finished, subject.now());
      if (!finished.isEmpty() && sinceInit.compareTo(age) < 0) {
        age = sinceInit;
      }
    }
    return age;
  }

  /** The memory limit of the container as it is written; empty when it has none. */
  String memoryLimit(String container) {
    for (String list : List.of("containers", "initContainers")) {
      for (JsonNode spec : pod.list("spec", list)) {
        if (spec.path("name").asText().equals(container)) {
          return spec.path("resources").path("limits").path("memory").asText();
        }
      }
    }
    return "";
  }

  Cause cause(String reason, Container container, String message) {
    JsonNode ended = container.ended();
    return new Cause(
        reason,
        subject.object().key(),
        pod.name(),
        container.name(),
        ended.path("exitCode").asInt(-1),
        container.restarts(),
        message);
  }
}
