package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Policies of scaling that are empty or out of bounds. */
public final class HpaScalingPolicy {

  public static final Rule RULE =
      Hpa.rule("hpa-scaling-policy")
          .denies(
              "behavior has an empty list of policies, or a policy of an unknown type or out of"
                  + " bounds.")
          .remedy(
              "Leave policies out for the default, or give each type Pods or Percent, a value of 1"
                  + " or more and periodSeconds from 1 to 1800.")
          .source(Hpa.SOURCE + "validateScalingRules, validateScalingPolicy")
          .check((hpa, scope) -> violations(hpa));

  private static final Set<String> TYPES = Set.of("Pods", "Percent");
  private static final long MAX_PERIOD_SECONDS = 1800;

  private HpaScalingPolicy() {}

  private static List<Violation> violations(KubeObject hpa) {
    List<Violation> violations = new ArrayList<>();
    for (Part rules : Hpa.scalingRules(hpa)) {
      Part policies = rules.child("policies");
      if (policies.node().isArray() && policies.node().isEmpty()) {
        violations.add(Violation.at(policies.path(), policies.node(), "it must not be empty"));
      }
      for (Part policy : policies.elements()) {
        violations.addAll(type(policy.child("type")));
        violations.addAll(from1(policy.child("value"), Integer.MAX_VALUE));
        violations.addAll(from1(policy.child("periodSeconds"), MAX_PERIOD_SECONDS));
      }
    }
    return violations;
  }

  private static List<Violation> type(Part type) {
    if (!type.present()) {
      return Names.required(type);
    }
    return type.node().isTextual() && !TYPES.contains(type.node().textValue())
        ? List.of(Violation.at(type.path(), type.node(), "it must be Pods or Percent"))
        : List.of();
  }

  private static List<Violation> from1(Part number, long most) {
    String bounds =
        most == Integer.MAX_VALUE ? "it must be 1 or more" : "it must be from 1 to " + most;
    if (!number.present()) {
      return List.of(Violation.missing(number.path(), bounds));
    }
    return number.integer(n -> n < 1 || n > most)
        ? List.of(Violation.at(number.path(), number.node(), bounds))
        : List.of();
  }
}
