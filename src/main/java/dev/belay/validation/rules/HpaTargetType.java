package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A target without a type, without the value that its metric needs, or with two values. */
public final class HpaTargetType {

  public static final Rule RULE =
      Hpa.rule("hpa-target-type")
          .denies("A target has no or an unknown type, no value that fits its metric, or two.")
          .remedy(
              "Give the target one value, of averageUtilization or averageValue for resources,"
                  + " averageValue for Pods, value or averageValue for others, and the type of"
                  + " that name: Utilization, AverageValue or Value.")
          .source(Hpa.SOURCE + "validateMetricTarget, validateResourceSource and its siblings")
          .check((hpa, scope) -> violations(hpa));

  private static final Set<String> TYPES = Set.of("Utilization", "Value", "AverageValue");

  private HpaTargetType() {}

  private static List<Violation> violations(KubeObject hpa) {
    List<Violation> violations = new ArrayList<>();
    for (Part metric : Hpa.metrics(hpa)) {
      for (String field : Hpa.SOURCES) {
        Part source = metric.child(field);
        if (source.present()) {
          Part target = source.child("target");
          violations.addAll(type(target.child("type")));
          violations.addAll(values(field, target));
        }
      }
    }
    return violations;
  }

  private static List<Violation> type(Part type) {
    if (type.node().isTextual()
        && !type.node().textValue().isEmpty()
        && !TYPES.contains(type.node().textValue())) {
      return List.of(Violation.at(type.path(), type.node(), "there is no such type"));
    }
    return Names.required(type);
  }

  private static List<Violation> values(String source, Part target) {
    Part average = target.child("averageValue");
    return switch (source) {
      case "pods" -> average.present() ? List.of() : List.of(needs(average));
      case "object" -> either(average, target.child("value"), true);
      case "external" -> either(average, target.child("value"), false);
      default -> either(target.child("averageUtilization"), average, false);
    };
  }

  private static List<Violation> either(Part one, Part other, boolean mayBeBoth) {
    if (!one.present() && !other.present()) {
      return List.of(needs(one));
    }
    return one.present() && other.present() && !mayBeBoth
        ? List.of(Violation.at(other.path(), other.node(), "only one of two values may be set"))
        : List.of();
  }

  private static Violation needs(Part value) {
    return Violation.missing(value.path(), "the metric needs a value to aim at");
  }
}
