package dev.belay.validation.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.LabelSelector;
import dev.belay.validation.Found;
import dev.belay.validation.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How many Pods a budget is about, where that is certain.
 *
 * @param count the Pods of all selected workloads, each at its lowest
 * @param autoscaler what sets the count of one of them; empty when nothing does
 */
record PdbPods(long count, String autoscaler) {

  private static final Set<String> SCALABLE = Set.of("Deployment", "StatefulSet", "ReplicaSet");

  String text() {
    return (count == 1 ? "is 1" : "are " + count)
        + (autoscaler.isEmpty() ? "" : ", the minReplicas of " + autoscaler);
  }

  /**
   * The Pods that are selected in this namespace: of workloads in the release only. Empty when
   * there are none, when others are selected as well, or when a number is not known.
   */
  static Optional<PdbPods> of(LabelSelector selector, String namespace, Scope scope) {
    List<KubeObject> workloads = new ArrayList<>();
    for (PodTemplate pods : ReleasePods.in(namespace, scope)) {
      KubeObject workload = pods.workload();
      if (workload.annotations().containsKey("helm.sh/hook")) {
        continue;
      }
      boolean selected = pods.labels().map(selector::matches).orElse(false);
      // What can't be read might be selected; of some kinds nobody knows how many Pods there are.
      if (pods.labels().isEmpty() || (selected && !SCALABLE.contains(workload.kind()))) {
        return Optional.empty();
      }
      if (selected) {
        workloads.add(workload);
      }
    }
    if (selector.isEmpty()
        || workloads.isEmpty()
        || selectsOthers(selector, workloads, namespace, scope)) {
      return Optional.empty();
    }
    return sum(workloads, namespace, scope);
  }

  private static Optional<PdbPods> sum(List<KubeObject> workloads, String namespace, Scope scope) {
    Optional<List<KubeObject>> autoscalers =
        scope.all("autoscaling/v2", "HorizontalPodAutoscaler", namespace);
    long count = 0;
    String named = "";
    for (KubeObject workload : workloads) {
      Optional<KubeObject> autoscaler =
          autoscalers.orElse(List.of()).stream().filter(hpa -> scales(hpa, workload)).findFirst();
      OptionalLong replicas =
          autoscaler.isPresent()
              ? number(autoscaler.get(), "minReplicas", OptionalLong.of(1))
              : number(workload, "replicas", live(workload, namespace, scope));
      if (autoscalers.isEmpty()
          || replicas.isEmpty()
          || Makers.of(scope).mention(workload.name())) {
        return Optional.empty();
      }
      count += replicas.getAsLong();
      named = autoscaler.map(hpa -> hpa.key().display()).orElse(named);
    }
    return Optional.of(new PdbPods(count, named));
  }

  private static boolean scales(KubeObject hpa, KubeObject workload) {
    return hpa.text("", "spec", "scaleTargetRef", "kind").equals(workload.kind())
        && hpa.text("", "spec", "scaleTargetRef", "name").equals(workload.name());
  }

  private static OptionalLong number(KubeObject object, String field, OptionalLong otherwise) {
    JsonNode node = object.at("spec", field);
    if (node.isMissingNode() || node.isNull()) {
      return otherwise;
    }
    return node.isIntegralNumber() && node.canConvertToInt() && node.intValue() >= 0
        ? OptionalLong.of(node.intValue())
        : OptionalLong.empty();
  }

  /** A number that the release leaves out is as it is live, and 1 for a new workload. */
  private static OptionalLong live(KubeObject workload, String namespace, Scope scope) {
    return switch (scope.live("apps/v1", workload.kind(), namespace, workload.name())) {
      case Found.There live -> number(live.it(), "replicas", OptionalLong.of(1));
      case Found.Unseen.MISSING, Found.Unseen.GOING -> OptionalLong.of(1);
      case Found.Unseen.UNKNOWN -> OptionalLong.empty();
    };
  }

  /** Whether a live Pod is selected that is of none of these workloads, or that is not known. */
  private static boolean selectsOthers(
      LabelSelector selector, List<KubeObject> workloads, String namespace, Scope scope) {
    return scope
        .all("v1", "Pod", namespace)
        .map(
            pods ->
                pods.stream()
                    .filter(pod -> !pod.annotations().containsKey("helm.sh/hook"))
                    .filter(pod -> selector.matches(pod.labels()))
                    .anyMatch(pod -> workloads.stream().noneMatch(w -> owns(w, pod))))
        .orElse(true);
  }

  /** A Deployment owns the ReplicaSets that are named after it. */
  private static boolean owns(KubeObject workload, KubeObject pod) {
    return pod.list("metadata", "ownerReferences").stream()
        .anyMatch(
            owner ->
                workload.kind().equals("Deployment")
                    ? owner.path("name").asText("").startsWith(workload.name() + "-")
                    : owner.path("name").asText("").equals(workload.name()));
  }
}
