package dev.belay.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
public record LabelSelector(Map<String, String> equal, List<Expression> expressions) {

  /** {@code In}, {@code NotIn}, {@code Exists} or {@code DoesNotExist}. */
  public record Expression(String key, String operator, Set<String> values) {

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

  /** The selector that stands here; empty when there is none, or it can't be read. */
  public static Optional<LabelSelector> read(JsonNode selector) {
    Optional<Map<String, String>> equal = labels(selector.path("matchLabels"));
    if (!selector.isObject() || equal.isEmpty()) {
      return Optional.empty();
    }
    List<Expression> expressions = new ArrayList<>();
    for (JsonNode expression : selector.path("matchExpressions")) {
      String key = expression.path("key").asText("");
      String operator = expression.path("operator").asText("");
      if (key.isEmpty() || !OPERATORS.contains(operator)) {
        return Optional.empty();
      }
      Set<String> values = new HashSet<>();
      expression.path("values").forEach(value -> values.add(value.asText()));
      expressions.add(new Expression(key, operator, values));
    }
    return Optional.of(new LabelSelector(equal.get(), expressions));
  }

  /** The labels that stand here, without what is null; empty when they are no texts. */
  public static Optional<Map<String, String>> labels(JsonNode node) {
    if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
      return Optional.empty();
    }
    Map<String, String> labels = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (entry.getValue().isTextual()) {
        labels.put(entry.getKey(), entry.getValue().textValue());
      } else if (!entry.getValue().isNull()) {
        return Optional.empty();
      }
    }
    return Optional.of(labels);
  }

  /** Whether it matches whatever is there. */
  public boolean isEmpty() {
    return equal.isEmpty() && expressions.isEmpty();
  }

  public boolean matches(Map<String, String> labels) {
    return equal.entrySet().stream().allMatch(e -> e.getValue().equals(labels.get(e.getKey())))
        && expressions.stream().allMatch(expression -> expression.matches(labels));
  }
}
