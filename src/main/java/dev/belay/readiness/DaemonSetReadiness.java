package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.text.Digits;
import java.util.OptionalInt;

/**
 * DaemonSet, as strict as kstatus (daemonsetConditions). With OnDelete somebody else replaces the
 * Pods, so that there is nothing to wait for.
 */
final class DaemonSetReadiness {

  private DaemonSetReadiness() {}

  static Readiness judge(Subject subject) {
    if (subject.object().text("", "spec", "updateStrategy", "type").equals("OnDelete")) {
      return new Current("Pods are replaced on delete");
    }
    if (!subject.object().at("status", "desiredNumberScheduled").isIntegralNumber()) {
      return new InProgress("Not seen by its controller yet");
    }
    long want = subject.status("desiredNumberScheduled");
    String lacking =
        Ratio.first(
            Ratio.below("Scheduled", subject.status("currentNumberScheduled"), want),
            Ratio.below("Updated", subject.status("updatedNumberScheduled"), want),
            Ratio.below("Available", subject.status("numberAvailable"), want),
            Ratio.below("Ready", subject.status("numberReady"), want));
    if (lacking.isEmpty()) {
      return new Current("Ready: " + want);
    }
    return PodsOf.newRevision(subject).judge(lacking + heldUp(subject, want));
  }

  /**
   * What is to be said where the controller replaces no further Pod, since as many of the new ones
   * as may be unavailable have no node (daemon/update.go, rollingUpdate).
   */
  private static String heldUp(Subject subject, long want) {
    JsonNode rolling = subject.object().at("spec", "updateStrategy", "rollingUpdate");
    long most = Math.max(1, share(rolling.path("maxUnavailable"), 1, want));
    long waiting =
        NewRevision.pods(subject.object(), subject.related()).stream()
            .filter(pod -> pod.condition("PodScheduled").path("status").asText().equals("False"))
            .count();
    boolean held =
        subject.status("updatedNumberScheduled") < want
            && share(rolling.path("maxSurge"), 0, want) == 0
            && waiting >= most;
    return held
        ? "; no other Pod is replaced while maxUnavailable, which is %d, of the new ones have no node"
            .formatted(most)
        : "";
  }

  /** A number, or a percentage of all, rounded up. */
  private static long share(JsonNode value, long otherwise, long of) {
    if (value.isIntegralNumber()) {
      return value.longValue();
    }
    String text = value.asText();
    OptionalInt percent =
        text.endsWith("%")
            ? Digits.read(text.substring(0, text.length() - 1), 3)
            : OptionalInt.empty();
    return percent.isPresent() ? (percent.getAsInt() * of + 99) / 100 : otherwise;
  }
}
