package dev.belay.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import dev.belay.validation.Finding;
import dev.belay.validation.Severity;
import dev.belay.validation.Validator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an update may be blamed for: only what it makes worse. An object that is already there with
 * a mistake in it can still be scaled down, labelled, and changed elsewhere.
 */
final class Ratchet {

  private Ratchet() {}

  /**
   * Whether the update is none of the gate's business: it changes metadata alone, the status, or
   * only takes replicas away.
   */
  static boolean harmless(Review review) {
    if (!review.operation().equals("UPDATE")) {
      return false;
    }
    ObjectNode before = content(review.oldObject());
    ObjectNode after = content(review.object());
    return before.equals(after) || fewerReplicas(before, after);
  }

  /**
   * The mistakes that forbid the write, without those that the stored object has already.
   *
   * @param severities severity by id of the rule; a rule that is not in it has its own
   */
  static List<Finding> newMistakes(Review review, Map<String, Severity> severities) {
    List<Finding> found = denied(review.object(), severities);
    if (found.isEmpty() || !review.operation().equals("UPDATE")) {
      return found;
    }
    Set<String> before = new HashSet<>();
    denied(review.oldObject(), severities).forEach(finding -> before.add(place(finding)));
    return found.stream().filter(finding -> !before.contains(place(finding))).toList();
  }

  private static List<Finding> denied(KubeObject object, Map<String, Severity> severities) {
    return Validator.check(List.of(object), severities).stream()
        .filter(finding -> finding.severity() == Severity.DENY)
        .toList();
  }

  private static String place(Finding finding) {
    return finding.rule() + " " + finding.field();
  }

  /** All but what is said about the object: a shallow copy, the parts are shared. */
  private static ObjectNode content(KubeObject object) {
    ObjectNode content = object.json().objectNode();
    object
        .json()
        .properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("metadata") && !field.getKey().equals("status")) {
                content.set(field.getKey(), field.getValue());
              }
            });
    return content;
  }

  private static boolean fewerReplicas(ObjectNode before, ObjectNode after) {
    JsonNode had = before.path("spec").path("replicas");
    JsonNode wanted = after.path("spec").path("replicas");
    if (!had.isIntegralNumber()
        || !wanted.isIntegralNumber()
        || wanted.longValue() < 0
        || wanted.longValue() >= had.longValue()) {
      return false;
    }
    return without("spec", before).equals(without("spec", after))
        && without("replicas", before.path("spec")).equals(without("replicas", after.path("spec")));
  }

  private static ObjectNode without(String field, JsonNode object) {
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    rest.setAll((ObjectNode) object);
    rest.remove(field);
    return rest;
  }
}
