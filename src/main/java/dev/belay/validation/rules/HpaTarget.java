package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.ArrayList;
import java.util.List;

/** A target of 0 or less: no number of replicas reaches it. */
public final class HpaTarget {

  public static final Rule RULE =
      Hpa.rule("hpa-target")
          .denies("A target of a metric is 0 or negative.")
          .remedy(
              "Set it to what each Pod, or all of them, should use: a percentage of the request for"
                  + " averageUtilization, a quantity such as 500m for the others.")
          .source(Hpa.SOURCE + "validateMetricTarget")
          .check((hpa, scope) -> violations(hpa));

  private HpaTarget() {}

  private static List<Violation> violations(KubeObject hpa) {
    List<Part> wrong = new ArrayList<>();
    if (Hpa.isV1(hpa)) {
      Part percentage = Hpa.spec(hpa).child("targetCPUUtilizationPercentage");
      if (percentage.integer(n -> n < 1)) {
        wrong.add(percentage);
      }
    }
    for (Part source : Hpa.sources(hpa)) {
      Part target = source.child("target");
      if (target.child("averageUtilization").integer(n -> n < 1)) {
        wrong.add(target.child("averageUtilization"));
      }
      for (String field : List.of("averageValue", "value")) {
        if (Quantities.notPositive(target.child(field).node())) {
          wrong.add(target.child(field));
        }
      }
    }
    return wrong.stream()
        .map(target -> Violation.at(target.path(), target.node(), "a target must be above 0"))
        .toList();
  }
}
