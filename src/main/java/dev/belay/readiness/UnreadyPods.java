package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Instant;

/** Pods that tell since when their workload lacks them, where the workload itself does not. */
public final class UnreadyPods {

  private UnreadyPods() {}

  /**
   * Whether one of its newest revision's Pods was there before this time and has not been ready
   * since. One that crashes and is ready in between tells nothing.
   */
  public static boolean since(KubeObject workload, Related related, Instant before) {
    return NewRevision.pods(workload, related).stream()
        .anyMatch(pod -> isWanted(pod) && isUnreadySince(pod, before));
  }

  /** One that was evicted is kept to be looked at; another one has its place. */
  private static boolean isWanted(KubeObject pod) {
    String phase = pod.text("", "status", "phase");
    return !phase.equals("Failed") && !phase.equals("Succeeded");
  }

  private static boolean isUnreadySince(KubeObject pod, Instant before) {
    String created = pod.text("", "metadata", "creationTimestamp");
    JsonNode ready = pod.condition("Ready");
    // One that no node has taken says nothing of it.
    String since = ready.path("lastTransitionTime").asText(created);
    return !Generic.isTrue(ready)
        && Times.isBefore(created, before)
        && Times.isBefore(since, before);
  }
}
