package dev.belay.validation.rules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A label selector, as in apimachinery {@code pkg/apis/meta/v1/helpers.go},
 * LabelSelectorAsSelector.
 *
 * @param equal labels that must be there
 * @param expressions what else must hold
 */
record LabelSelector(Map<String, String> equal, List<Expression> expressions) {

  /** {@code In}, {@code NotIn}, {@code Exists} or {@code DoesNotExist}. */
  record Expression(String key, String operator, Set<String> values) {

    boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      return switch (operator) {
        case "In" -> value != null && values.contains(value);
        case "NotIn" -> value == null || !values.contains(value);
        case "Exists" -> value != null;
        default -> value == null;
      };
    }
  }

  private static final Set<String> OPERATORS = Set.of("In", "NotIn", "Exists", "DoesNotExist");

  /** The selector here; empty when there is none, or it can't be read. */
  static Optional<LabelSelector> read(Part selector) {
    Optional<Map<String, String>> equal = selector.child("matchLabels").texts();
    if (!selector.node().isObject() || equal.isEmpty()) {
      return Optional.empty();
    }
    List<Expression> expressions = new ArrayList<>();
    for (Part expression : selector.child("matchExpressions").elements()) {
      String operator = expression.child("operator").text();
      if (expression.child("key").text().isEmpty() || !OPERATORS.contains(operator)) {
        return Optional.empty();
      }
      Set<String> values = new HashSet<>();
      for (JsonNode value : expression.child("values").node()) {
        values.add(value.asText());
      }
      expressions.add(new Expression(expression.child("key").text(), operator, values));
    }
    return Optional.of(new LabelSelector(equal.get(), expressions));
  }

  /** Whether it matches whatever is there. */
  boolean isEmpty() {
    return equal.isEmpty() && expressions.isEmpty();
  }

  boolean matches(Map<String, String> labels) {
    return equal.entrySet().stream().allMatch(e -> e.getValue().equals(labels.get(e.getKey())))
        && expressions.stream().allMatch(expression -> expression.matches(labels));
  }
}
