package dev.belay.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.validation.Finding;
import dev.belay.validation.Severity;
import dev.belay.validation.Validator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What an update may be blamed for: only what it makes worse. An object that is already there with
 * a mistake in it can still be scaled down, labelled, and changed elsewhere.
 */
final class Ratchet {

  /** What is no wish of anybody's for what the object does. */
  private static final Set<String> SAID_ABOUT_IT = Set.of("metadata", "status");

  private static final Set<String> MARKS =
      Set.of("labels", "annotations", "finalizers", "ownerReferences");

  private Ratchet() {}

  /**
   * Whether the update is none of the gate's business: it changes metadata alone, the status, or
   * only takes replicas away.
   */
  static boolean harmless(Review review) {
    if (!review.operation().equals("UPDATE")) {
      return false;
    }
    JsonNode before = review.oldObject().json();
    JsonNode after = review.object().json();
    List<String> changed = unlike(before, after, SAID_ABOUT_IT);
    return changed.isEmpty()
        || (changed.equals(List.of("spec"))
            && fewerReplicas(before.path("spec"), after.path("spec")));
  }

  /**
   * Whether the update changes what people and clients write into metadata. No rule and no lock
   * looks at that, but the API server may refuse it all the same: a label that can't be one, or one
   * that a policy wants.
   */
  static boolean changesMarks(Review review) {
    JsonNode before = review.oldObject().json().path("metadata");
    JsonNode after = review.object().json().path("metadata");
    return MARKS.stream().anyMatch(mark -> !after.path(mark).equals(before.path(mark)));
  }

  /**
   * The mistakes that forbid the write, without those that the stored object has already.
   *
   * @param severities severity by id of the rule; a rule that is not in it has its own
   */
  static List<Finding> newMistakes(Review review, Map<String, Severity> severities) {
    List<Finding> found = Validator.denied(review.object(), severities);
    if (found.isEmpty() || !review.operation().equals("UPDATE")) {
      return found;
    }
    Set<String> before = new HashSet<>();
    Validator.denied(review.oldObject(), severities).forEach(finding -> before.add(place(finding)));
    return found.stream().filter(finding -> !before.contains(place(finding))).toList();
  }

  private static String place(Finding finding) {
    return finding.rule() + " " + finding.field();
  }

  private static boolean fewerReplicas(JsonNode before, JsonNode after) {
    JsonNode had = before.path("replicas");
    JsonNode wanted = after.path("replicas");
    return had.isIntegralNumber()
        && wanted.isIntegralNumber()
        && wanted.longValue() >= 0
        && wanted.longValue() < had.longValue()
        && unlike(before, after, Set.of("replicas")).isEmpty();
  }

  /** The fields that are not the same in both of these objects, but for those to be left out. */
  private static List<String> unlike(JsonNode before, JsonNode after, Set<String> but) {
    Stream<String> changed =
        after.properties().stream()
            .filter(field -> !but.contains(field.getKey()))
            .filter(field -> !field.getValue().equals(before.get(field.getKey())))
            .map(Map.Entry::getKey);
    Stream<String> gone =
        before.properties().stream()
            .map(Map.Entry::getKey)
            .filter(field -> !but.contains(field) && !after.has(field));
    return Stream.concat(changed, gone).toList();
  }
}
