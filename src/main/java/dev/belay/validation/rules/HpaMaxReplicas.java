package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.List;

/** {@code maxReplicas} that is below 1, or below {@code minReplicas}. */
public final class HpaMaxReplicas {

  public static final Rule RULE =
      Hpa.rule("hpa-max-replicas")
          .denies("maxReplicas is below 1, or below minReplicas.")
          .remedy("Set spec.maxReplicas to 1 or more, and to no less than spec.minReplicas.")
          .source(Hpa.SOURCE + "validateHorizontalPodAutoscalerSpec")
          .check((hpa, scope) -> violations(hpa));

  private HpaMaxReplicas() {}

  private static List<Violation> violations(KubeObject hpa) {
    Part max = Hpa.spec(hpa).child("maxReplicas");
    Part min = Hpa.spec(hpa).child("minReplicas");
    // Left out, it may be another manager's: the live object has it then, and only the API server
    // knows.
    if (max.integer(n -> n < 1)) {
      return List.of(Violation.at(max.path(), max.node(), "it must be 1 or more"));
    }
    if (max.integer(n -> min.integer(lowest -> n < lowest))) {
      return List.of(
          Violation.at(
              max.path(),
              max.node(),
              "it must be no less than minReplicas, which is " + min.node()));
    }
    return List.of();
  }
}
