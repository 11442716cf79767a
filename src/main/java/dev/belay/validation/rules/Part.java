package dev.belay.validation.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.FieldPath;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.LabelSelector;
import dev.belay.validation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A part of an object and where it is, read as the API server reads it: null is absent, a value of
 * the wrong type is no value.
 */
record Part(FieldPath path, JsonNode node) {

  /** The whole object. */
  static Part of(KubeObject object) {
    return new Part(FieldPath.of(), object.json());
  }

  Part child(String name) {
    return new Part(path.child(name), node.path(name));
  }

  /** The part at this path below. */
  Part at(String... steps) {
    Part part = this;
    for (String step : steps) {
      part = part.child(step);
    }
    return part;
  }

  /** Whether there is anything; null is nothing. */
  boolean present() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** The text here; empty when there is none. */
  String text() {
    return node.isTextual() ? node.textValue() : "";
  }

  /** Whether {@code true} stands here. */
  boolean isTrue() {
    return node.isBoolean() && node.booleanValue();
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

  /**
   * The map of texts here, without what is null; empty when it is no map, or holds something else.
   */
  Optional<Map<String, String>> texts() {
    return LabelSelector.labels(node);
  }

  /** What stands here is wrong. */
  Violation wrong(String problem) {
    return Violation.at(path, node, problem);
  }
}
