package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * HorizontalPodAutoscaler: explains, never gates. New Pods have no metrics for a while, so that an
 * autoscaler that can't read them is normal during an upgrade.
 */
final class HorizontalPodAutoscalerReadiness {

  private HorizontalPodAutoscalerReadiness() {}

  static Readiness judge(Subject subject) {
    JsonNode able = subject.object().condition("AbleToScale");
    if (Generic.isFalse(able)) {
      return new Current(Generic.said("Can't scale its target", able));
    }
    JsonNode active = subject.object().condition("ScalingActive");
    if (Generic.isFalse(active)) {
      return new Current(Generic.said("Does not scale", active));
    }
    return new Current(
        "Replicas: %d, wanted: %d"
            .formatted(subject.status("currentReplicas"), subject.status("desiredReplicas")));
  }
}
