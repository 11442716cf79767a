package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.List;

/**
 * The Pods that keep a restored StatefulSet from becoming ready: its controller replaces no Pod
 * while an earlier one is not ready, not even when that one is of a revision that nobody wants any
 * more (kubernetes issue 67250, and "Forced rollback" in the documentation of StatefulSets).
 */
public final class StuckPods {

  private StuckPods() {}

  /**
   * Those of its Pods that are not ready, and neither of the revision that is wanted nor of the one
   * that a partition leaves. None before the controller has seen the restored template: a Pod that
   * is deleted earlier comes back as it was.
   */
  public static List<KubeObject> of(KubeObject statefulSet, List<KubeObject> pods) {
    String wanted = statefulSet.text("", "status", "updateRevision");
    boolean seen =
        statefulSet.number(0, "status", "observedGeneration") >= statefulSet.generation();
    if (!seen || wanted.isEmpty()) {
      return List.of();
    }
    String left = statefulSet.text("", "status", "currentRevision");
    return pods.stream()
        .filter(pod -> owned(pod, statefulSet.uid()))
        .filter(pod -> pod.text("", "metadata", "deletionTimestamp").isEmpty())
        .filter(pod -> !pod.condition("Ready").path("status").asText().equals("True"))
        .filter(
            pod -> {
              String revision = pod.labels().getOrDefault("controller-revision-hash", "");
              return !revision.isEmpty() && !revision.equals(wanted) && !revision.equals(left);
            })
        .toList();
  }

  private static boolean owned(KubeObject pod, String uid) {
    for (JsonNode owner : pod.list("metadata", "ownerReferences")) {
      if (owner.path("controller").asBoolean(false) && owner.path("uid").asText().equals(uid)) {
        return true;
      }
    }
    return false;
  }
}
