package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;

/** PodDisruptionBudget: explains, never gates; it tells others when to wait. */
final class PodDisruptionBudgetReadiness {

  private PodDisruptionBudgetReadiness() {}

  static Readiness judge(Subject subject) {
    JsonNode allowed = subject.object().condition("DisruptionAllowed");
    boolean broken =
        Generic.isFalse(allowed) && allowed.path("reason").asText().equals("SyncFailed");
    return broken
        ? new Current(Generic.said("Can't count its Pods", allowed))
        : new Current("Disruptions allowed: " + subject.status("disruptionsAllowed"));
  }
}
