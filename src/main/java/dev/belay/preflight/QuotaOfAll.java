package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.Amounts;
import dev.belay.manifest.KubeObject;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether all Pods of one workload together are more than a quota ever allows: one alone is let in,
 * so that the dry run of a Pod does not tell.
 */
final class QuotaOfAll {

  private QuotaOfAll() {}

  /**
   * The first quota that they exceed, in words.
   *
   * @param workload as it would be stored
   * @param pod one of its Pods, as it would be stored: with what a LimitRange sets
   * @param quotas those of its namespace
   */
  static Optional<String> exceeded(KubeObject workload, KubeObject pod, List<KubeObject> quotas) {
    BigDecimal many = BigDecimal.valueOf(workload.replicas());
    for (KubeObject quota : quotas) {
      if (isScoped(quota)) {
        continue; // It may not count these.
      }
      for (Map.Entry<String, JsonNode> hard : quota.at("status", "hard").properties()) {
        BigDecimal asked = of(hard.getKey(), pod).multiply(many);
        BigDecimal limit = Amounts.of(hard.getValue().asText("0"));
        if (asked.compareTo(limit) > 0) {
          return Optional.of(
              "quota %s has no room for all %s of them: requested: %s=%s, limited: %s=%s"
                  .formatted(
                      quota.name(),
                      Amounts.text(many),
                      hard.getKey(),
                      Amounts.text(asked),
                      hard.getKey(),
                      Amounts.text(limit)));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether it makes as many Pods as it says, and more than one. */
  static boolean isMany(KubeObject workload) {
    return switch (workload.kind()) {
      case "Deployment", "StatefulSet", "ReplicaSet", "ReplicationController" ->
          workload.replicas() > 1;
      default -> false;
    };
  }

  private static boolean isScoped(KubeObject quota) {
    return !quota.list("spec", "scopes").isEmpty() || quota.at("spec", "scopeSelector").isObject();
  }

  /**
   * What one Pod takes of this resource at least (kubernetes v1.37.2, pkg/quota/v1/evaluator/core,
   * pods.go). An init container that asks for more than all others counts as well; it is left out.
   */
  private static BigDecimal of(String resource, KubeObject pod) {
    return switch (resource) {
      case "pods", "count/pods" -> BigDecimal.ONE;
      case "cpu", "memory", "ephemeral-storage" -> sum(pod, "requests", resource);
      default -> {
        int dot = resource.indexOf('.');
        String kind = dot < 0 ? "" : resource.substring(0, dot);
        yield kind.equals("requests") || kind.equals("limits")
            ? sum(pod, kind, resource.substring(dot + 1))
            : BigDecimal.ZERO;
      }
    };
  }

  private static BigDecimal sum(KubeObject pod, String kind, String resource) {
    BigDecimal overhead = Amounts.of(pod.at("spec", "overhead", resource).asText("0"));
    return pod.list("spec", "containers").stream()
        .map(container -> container.path("resources").path(kind).path(resource).asText("0"))
        .map(Amounts::of)
        .reduce(overhead, BigDecimal::add);
  }
}
