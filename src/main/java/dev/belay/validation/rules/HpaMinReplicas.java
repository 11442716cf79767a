package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.List;

/**
 * {@code minReplicas} below 1. Zero passes with a metric that can be read while no Pod runs: the
 * gate HPAScaleToZero, on by default since 1.37, makes it valid, and whether it is on can't be seen
 * from here.
 */
public final class HpaMinReplicas {

  public static final Rule RULE =
      Hpa.rule("hpa-min-replicas")
          .denies("minReplicas is negative, or 0 without a metric of type Object or External.")
          .remedy("Set spec.minReplicas to 1 or more, or leave it out for 1.")
          .source(Hpa.SOURCE + "validateHorizontalPodAutoscalerSpec, validateMetrics")
          .check((hpa, scope) -> violations(hpa));

  /** Where a v1 HPA keeps metrics that v1 has no field for; see autoscaling/v1/conversion.go. */
  private static final String V1_METRICS = "autoscaling.alpha.kubernetes.io/metrics";

  private HpaMinReplicas() {}

  private static List<Violation> violations(KubeObject hpa) {
    Part replicas = Hpa.spec(hpa).child("minReplicas");
    if (replicas.integer(n -> n < 0)) {
      return List.of(Violation.at(replicas.path(), replicas.node(), "it must be 1 or more"));
    }
    if (replicas.integer(n -> n == 0) && !mayScaleToZero(hpa)) {
      return List.of(
          Violation.at(
              replicas.path(),
              replicas.node(),
              "it must be 1 or more unless a metric has type Object or External"));
    }
    return List.of();
  }

  private static boolean mayScaleToZero(KubeObject hpa) {
    if (!Hpa.isV2(hpa)) {
      return !Hpa.isV1(hpa) || hpa.annotations().containsKey(V1_METRICS);
    }
    return Hpa.metrics(hpa).stream()
        .map(metric -> metric.child("type").node().asText(""))
        .anyMatch(type -> type.equals("Object") || type.equals("External"));
  }
}
