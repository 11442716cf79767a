package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Why a Pod is not ready yet, though it may become so: one part of a sentence, or empty. */
final class Explanation {

  private Explanation() {}

  /** What the first Pod that can say something says: {@code Pod web-1: ...}; or empty. */
  static String of(List<NewPod> pods) {
    for (NewPod pod : pods) {
      String why = pod.ready() ? "" : why(pod);
      if (!why.isEmpty()) {
        return "Pod " + pod.pod().name() + ": " + why;
      }
    }
    return "";
  }

  private static String why(NewPod pod) {
    JsonNode scheduled = pod.condition("PodScheduled");
    if (scheduled.path("status").asText().equals("False")) {
      return OneLine.join("can't be scheduled", scheduled.path("message").asText());
    }
    if (pod.pod().text("", "status", "phase").equals("Failed")) {
      return PodReadiness.failedPhase(pod.pod());
    }
    return pod.withoutBudget()
        .trouble()
        .map(Cause::message)
        .orElseGet(() -> whyContainersWait(pod));
  }

  private static String whyContainersWait(NewPod pod) {
    String running = "";
    for (Container container : Container.of(pod.pod())) {
      if (container.running() && !container.ready()) {
        String probe = probe(pod, container);
        if (!probe.isEmpty()) {
          return OneLine.join(container.display() + " is not ready", probe);
        }
        running =
            container.display() + (container.init() ? " still runs" : " runs, but is not ready");
      }
    }
    String warning = OneLine.of(pod.events().newestWarning());
    return warning.isEmpty() ? running : warning;
  }

  private static String probe(NewPod pod, Container container) {
    String readiness = pod.events().newest("Unhealthy", container.name(), "Readiness probe failed");
    return readiness.isEmpty()
        ? pod.events().newest("Unhealthy", container.name(), "probe failed")
        : readiness;
  }
}
