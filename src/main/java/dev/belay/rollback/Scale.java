package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.Set;

/** Who decides how many replicas a workload has. */
final class Scale {

  /** Managers of the scale subresource that are machines, not people. */
  private static final Set<String> AUTOSCALERS =
      Set.of("kube-controller-manager", "keda-operator", "horizontal-pod-autoscaler");

  private Scale() {}

  /**
   * Whether an autoscaler set {@code spec.replicas}: it is then the manager of that field through
   * the scale subresource. Somebody's {@code kubectl scale} is a change like any other.
   */
  static boolean ownedByAutoscaler(KubeObject live) {
    for (JsonNode entry : live.list("metadata", "managedFields")) {
      if (entry.path("subresource").asText().equals("scale")
          && AUTOSCALERS.contains(entry.path("manager").asText())
          && entry.path("fieldsV1").path("f:spec").has("f:replicas")) {
        return true;
      }
    }
    return false;
  }
}
