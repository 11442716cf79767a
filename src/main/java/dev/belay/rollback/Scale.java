package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.util.List;

/** Who decides how many replicas a workload has. */
public final class Scale {

  private Scale() {}

  /**
   * Whether {@code spec.replicas} was last set by scaling, by an autoscaler or by {@code kubectl
   * scale}, and not by a change. Who scales is the manager of that field through the scale
   * subresource; a change that sets another number takes that over. Where no manifest has ever
   * named a number, nobody is its manager: an API server that has applied an object without it puts
   * the default in itself, and scaling then adds no manager.
   *
   * @param before the workload as it was before the change
   * @param live the workload as it is
   */
  static boolean isScaled(KubeObject before, KubeObject live) {
    List<JsonNode> managers = managers(live);
    return managers.isEmpty()
        ? managers(before).isEmpty() && !live.list("metadata", "managedFields").isEmpty()
        : managers.stream()
            .anyMatch(manager -> manager.path("subresource").asText().equals("scale"));
  }

  /** The workload without what scaling has made of it since; itself where nobody has scaled it. */
  public static KubeObject unscaled(KubeObject before, KubeObject live) {
    JsonNode replicas = before.at("spec", "replicas");
    if (!replicas.isNumber() || !isScaled(before, live)) {
      return live;
    }
    KubeObject unscaled = live.copy();
    if (unscaled.json().get("spec") instanceof ObjectNode spec) {
      spec.set("replicas", replicas);
    }
    return unscaled;
  }

  private static List<JsonNode> managers(KubeObject workload) {
    return workload.list("metadata", "managedFields").stream()
        .filter(entry -> entry.path("fieldsV1").path("f:spec").has("f:replicas"))
        .toList();
  }
}
