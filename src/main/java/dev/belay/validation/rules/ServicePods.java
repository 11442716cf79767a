package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which Pods a Service selects. */
final class ServicePods {

  /** Labels that a controller gives to Pods; no template has them. */
  private static final Set<String> OF_CONTROLLERS =
      Set.of(
          "pod-template-hash",
          "controller-revision-hash",
          "pod-template-generation",
          "statefulset.kubernetes.io/pod-name",
          "apps.kubernetes.io/pod-index",
          "batch.kubernetes.io/job-name",
          "batch.kubernetes.io/controller-uid",
          "batch.kubernetes.io/job-completion-index",
          "job-name",
          "controller-uid");

  private ServicePods() {}

  /**
   * The labels that a template must have for its Pods to be selected; empty when the Service
   * selects none, goes by labels that only controllers set, or can't be read.
   */
  static Optional<Map<String, String>> selector(KubeObject service) {
    Part spec = Part.of(service).child("spec");
    if (spec.child("type").text().equals("ExternalName")) {
      return Optional.empty();
    }
    return spec.child("selector")
        .texts()
        .map(
            selector -> {
              selector.keySet().removeAll(OF_CONTROLLERS);
              return selector;
            })
        .filter(selector -> !selector.isEmpty());
  }

  /** Whether Pods with these labels are selected. */
  static boolean selects(Map<String, String> selector, Map<String, String> labels) {
    return selector.entrySet().stream().allMatch(e -> e.getValue().equals(labels.get(e.getKey())));
  }

  /**
   * Whether they may be, once they run: some labels, {@code role: primary}, are given to a Pod by
   * what runs in it. One label must fit, and none may have another value.
   */
  static boolean maySelect(Map<String, String> selector, Optional<Map<String, String>> labels) {
    if (labels.isEmpty()) {
      return true;
    }
    boolean anyFits = false;
    for (Map.Entry<String, String> wanted : selector.entrySet()) {
      String value = labels.get().get(wanted.getKey());
      if (value != null && !value.equals(wanted.getValue())) {
        return false;
      }
      anyFits |= value != null;
    }
    return anyFits;
  }
}
