package dev.belay.validation.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.FieldPath;
import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the rules about HorizontalPodAutoscalers share: where the parts are.
 *
 * <p>Versions {@code v2} and {@code v2beta2} have the same shape; {@code v1} has one target and
 * neither metrics nor behavior. The ends of lists and the values of fields are read as the API
 * server reads them: null is absent, a value of the wrong type is no value.
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

  /** A part of an HPA and where it is. */
  record Part(FieldPath path, JsonNode node) {

    Part child(String name) {
      return new Part(path.child(name), node.path(name));
    }

    /** Whether there is anything; null is nothing. */
    boolean present() {
      return !node.isMissingNode() && !node.isNull();
    }

    /** Whether there is a whole number that fails this test. */
    boolean integer(Predicate<Long> test) {
      return node.isIntegralNumber() && node.canConvertToLong() && test.test(node.longValue());
    }

    /** The elements of the list here; none when it is no list. */
    List<Part> elements() {
      List<Part> elements = new ArrayList<>();
      if (node.isArray()) {
        for (int i = 0; i < node.size(); i++) {
          elements.add(new Part(path.index(i), node.path(i)));
        }
      }
      return elements;
    }
  }

  static Part spec(KubeObject hpa) {
    return new Part(FieldPath.of("spec"), hpa.at("spec"));
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
