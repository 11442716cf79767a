package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
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

  /**
   * Why the Pod is not ready, where something is wrong; empty where nothing is known to be.
   *
   * @param all the Pods of its template
   */
  Optional<Trouble> trouble(List<NewPod> all) {
    return Container.of(pod).stream()
        .flatMap(
            container ->
                CrashLoop.of(this, container, all)
                    .or(() -> ImagePull.of(this, container, all))
                    .or(() -> ContainerStart.of(this, container))
                    .stream())
        .min(Comparator.comparingInt(Trouble::rank));
  }

  /** Whether it was there before the change that is judged. Times of objects are whole seconds. */
  boolean isOlder() {
    String created = pod.text("", "metadata", "creationTimestamp");
    return !created.isEmpty()
        && Times.parse(created).isBefore(subject.since().truncatedTo(ChronoUnit.SECONDS));
  }

  /** Whether this end of one of its containers has come since the change began. */
  boolean hasSeen(JsonNode ended) {
    return !Exit.finishedAt(ended).isBefore(subject.since());
  }

  /** Whether it was taken away by its node, the scheduler or an eviction: that is nobody's exit. */
  boolean isDisrupted() {
    return condition("DisruptionTarget").path("status").asText().equals("True")
        || (hasEnded() && !pod.text("", "status", "reason").isEmpty());
  }

  /** Whether it is kept to be looked at only: another one has its place. */
  boolean hasEnded() {
    String phase = pod.text("", "status", "phase");
    return phase.equals("Failed") || phase.equals("Succeeded");
  }

  boolean hasStarted() {
    return Container.of(pod).stream().anyMatch(Container::hasStarted);
  }

  boolean ready() {
    return condition("Ready").path("status").asText().equals("True");
  }

  JsonNode condition(String type) {
    return pod.condition(type);
  }

  /**
   * Since when the containers could have run: since the kubelet took the Pod, or since its last
   * init container ended; not before the change.
   */
  Instant startableAt() {
    String created = pod.text("", "metadata", "creationTimestamp");
    Instant since =
        isOlder() ? subject.since() : Times.parse(pod.text(created, "status", "startTime"));
    for (JsonNode init : pod.list("status", "initContainerStatuses")) {
      Instant finished =
          Times.parse(init.path("state").path("terminated").path("finishedAt").asText());
      since = finished.isAfter(since) ? finished : since;
    }
    return since;
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
