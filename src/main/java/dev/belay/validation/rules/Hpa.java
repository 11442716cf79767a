package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import java.util.List;

/**
 * What the rules about HorizontalPodAutoscalers share: where the parts are.
 *
 * <p>Versions {@code v2} and {@code v2beta2} have the same shape; {@code v1} has one target and
 * neither metrics nor behavior.
 */
final class Hpa {

  /** The kind, as rules name it. */
  static final String KIND = "autoscaling/HorizontalPodAutoscaler";

  /** The file that the rules mirror. */
  static final String SOURCE =
      "kubernetes v1.37.2, pkg/apis/autoscaling/validation/validation.go, ";

  /** The field of a metric that holds its source, in the order of upstream's checks. */
  static final List<String> SOURCES =
      List.of("object", "external", "pods", "resource", "containerResource");

  private Hpa() {}

  static Rule.Draft rule(String id) {
    return Rule.of(id).kinds(KIND);
  }

  static Part spec(KubeObject hpa) {
    return Part.of(hpa).child("spec");
  }

  /** Whether metrics and behavior are fields of this HPA's version. */
  static boolean isV2(KubeObject hpa) {
    return hpa.apiVersion().equals("autoscaling/v2")
        || hpa.apiVersion().equals("autoscaling/v2beta2");
  }

  static boolean isV1(KubeObject hpa) {
    return hpa.apiVersion().equals("autoscaling/v1");
  }

  /** The metrics; none in v1. */
  static List<Part> metrics(KubeObject hpa) {
    return isV2(hpa) ? spec(hpa).child("metrics").elements() : List.of();
  }

  /** The sources that the metrics fill, whatever their type says. */
  static List<Part> sources(KubeObject hpa) {
    return metrics(hpa).stream()
        .flatMap(metric -> SOURCES.stream().map(metric::child))
        .filter(Part::present)
        .toList();
  }

  /** {@code scaleUp} and {@code scaleDown}, those that are there; none in v1. */
  static List<Part> scalingRules(KubeObject hpa) {
    if (!isV2(hpa)) {
      return List.of();
    }
    Part behavior = spec(hpa).child("behavior");
    return List.of(behavior.child("scaleUp"), behavior.child("scaleDown")).stream()
        .filter(Part::present)
        .toList();
  }
}
