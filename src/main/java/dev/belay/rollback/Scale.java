package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;

/** Who decides how many replicas a workload has. */
final class Scale {

  private Scale() {}

  /**
   * Whether {@code spec.replicas} was last set by scaling, by an autoscaler or by {@code kubectl
   * scale}: who did so is then the manager of that field through the scale subresource. A change
   * that sets another number takes that over.
   */
  static boolean isScaled(KubeObject live) {
    for (JsonNode entry : live.list("metadata", "managedFields")) {
      if (entry.path("subresource").asText().equals("scale")
          && entry.path("fieldsV1").path("f:spec").has("f:replicas")) {
        return true;
      }
    }
    return false;
  }
}
