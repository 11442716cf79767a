package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.ArrayList;
import java.util.List;

/** A metric that does not say what it measures. */
public final class HpaMetricName {

  public static final Rule RULE =
      Hpa.rule("hpa-metric-name")
          .denies("A metric doesn't name what it measures, or by a name that can't be one.")
          .remedy(
              "Name the resource, such as cpu, and its container, or the metric and the object it"
                  + " describes.")
          .source(Hpa.SOURCE + "validateMetricIdentifier, validateResourceSource")
          .check((hpa, scope) -> violations(hpa));

  private HpaMetricName() {}

  private static List<Violation> violations(KubeObject hpa) {
    List<Violation> violations = new ArrayList<>();
    for (Part metric : Hpa.metrics(hpa)) {
      for (String field : Hpa.SOURCES) {
        Part source = metric.child(field);
        if (source.present()) {
          violations.addAll(violations(field, source));
        }
      }
    }
    return violations;
  }

  private static List<Violation> violations(String field, Part source) {
    List<Violation> violations = new ArrayList<>();
    switch (field) {
      case "resource" -> violations.addAll(Names.required(source.child("name")));
      case "containerResource" -> {
        violations.addAll(Names.required(source.child("name")));
        violations.addAll(Names.required(source.child("container")));
      }
      case "object" -> {
        violations.addAll(Names.reference(source.child("describedObject")));
        violations.addAll(Names.segment(source.child("metric").child("name")));
      }
      default -> violations.addAll(Names.segment(source.child("metric").child("name")));
    }
    return violations;
  }
}
