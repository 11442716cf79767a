package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Violation;
import java.util.ArrayList;
import java.util.List;

/** A metric whose type is unknown, or not the one whose field is filled. */
public final class HpaMetricSource {

  public static final Rule RULE =
      Hpa.rule("hpa-metric-source")
          .denies("A metric has no type, an unknown one, or not exactly the field of its type.")
          .remedy(
              "Set type to Resource, ContainerResource, Pods, Object or External, and fill the"
                  + " field of the same name, which starts in lower case, and no other.")
          .source(Hpa.SOURCE + "validateMetricSpec")
          .check((hpa, scope) -> violations(hpa));

  private HpaMetricSource() {}

  private static List<Violation> violations(KubeObject hpa) {
    List<Violation> violations = new ArrayList<>();
    for (Part metric : Hpa.metrics(hpa)) {
      Part type = metric.child("type");
      List<Violation> missing = Names.required(type);
      if (!missing.isEmpty()) {
        violations.addAll(missing);
      } else if (type.node().isTextual()) {
        violations.addAll(violations(metric, type));
      }
    }
    return violations;
  }

  private static List<Violation> violations(Part metric, Part type) {
    String name = type.node().textValue();
    String expected = Character.toLowerCase(name.charAt(0)) + name.substring(1);
    if (!Hpa.SOURCES.contains(expected) || Character.isLowerCase(name.charAt(0))) {
      return List.of(Violation.at(type.path(), type.node(), "there is no such type"));
    }
    List<Violation> violations = new ArrayList<>();
    if (!metric.child(expected).present()) {
      violations.add(
          Violation.missing(metric.path().child(expected), "type " + name + " must fill it"));
    }
    long filled = Hpa.SOURCES.stream().filter(source -> metric.child(source).present()).count();
    for (String source : Hpa.SOURCES) {
      Part other = metric.child(source);
      if (filled > 1 && other.present() && !source.equals(expected)) {
        violations.add(
            new Violation(other.path().text(), "set", "type " + name + " must fill only its own"));
      }
    }
    return violations;
  }
}
