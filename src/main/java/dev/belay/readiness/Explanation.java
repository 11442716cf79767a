package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * Why a Pod is not ready yet, though it may become so.
 *
 * @param words one part of a sentence: {@code Pod web-1: ...}
 * @param pod its name
 * @param container name of the container that is waited for; empty where it is none
 */
record Explanation(String words, String pod, String container) {

  /** What the first Pod that can say something says. */
  static Optional<Explanation> of(List<NewPod> pods) {
    return pods.stream()
        .filter(pod -> !pod.ready())
        .flatMap(pod -> of(pod, pods).stream())
        .findFirst();
  }

  private static Optional<Explanation> of(NewPod pod, List<NewPod> pods) {
    JsonNode scheduled = pod.condition("PodScheduled");
    if (scheduled.path("status").asText().equals("False")) {
      return said(pod, OneLine.join("can't be scheduled", scheduled.path("message").asText()), "");
    }
    if (pod.pod().text("", "status", "phase").equals("Failed")) {
      return said(pod, PodReadiness.failedPhase(pod.pod()), "");
    }
    return pod.trouble(pods)
        .map(Trouble::cause)
        .or(
            () ->
                Container.of(pod.pod()).stream()
                    .flatMap(container -> CrashLoop.old(pod, container).stream())
                    .findFirst())
        .map(cause -> said(pod, cause.message(), cause.container()))
        .orElseGet(() -> whyContainersWait(pod));
  }

  private static Optional<Explanation> said(NewPod pod, String why, String container) {
    String name = pod.pod().name();
    return why.isEmpty()
        ? Optional.empty()
        : Optional.of(new Explanation("Pod " + name + ": " + why, name, container));
  }

  private static Optional<Explanation> whyContainersWait(NewPod pod) {
    String running = "";
    String container = "";
    for (Container each : Container.of(pod.pod())) {
      if (each.running() && !each.ready()) {
        String probe = probe(pod, each);
        if (!probe.isEmpty()) {
          return said(pod, OneLine.join(each.display() + " is not ready", probe), each.name());
        }
        container = each.name();
        running =
            each.display()
                + (each.role() == Container.Role.INIT ? " still runs" : " runs, but is not ready");
      }
    }
    String warning = OneLine.of(pod.events().newestWarning());
    return said(pod, warning.isEmpty() ? running : warning, container);
  }

  private static String probe(NewPod pod, Container container) {
    String readiness = pod.events().newest("Unhealthy", container.name(), "Readiness probe failed");
    return readiness.isEmpty()
        ? pod.events().newest("Unhealthy", container.name(), "probe failed")
        : readiness;
  }
}
