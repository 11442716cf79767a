package dev.belay.validation.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.OptionalInt;

/**
 * The sign of quantities such as {@code 500m}, {@code -5} or {@code 2Gi}, by the grammar of
 * apimachinery's {@code pkg/api/resource/quantity.go}. Rounding there is away from zero, so that
 * the sign is that of the digits.
 */
final class Quantities {

  private static final Pattern QUANTITY =
      Pattern.compile(
          "([+-]?)([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?");

  private Quantities() {}

  /** Whether this is a quantity, and 0 or less. */
  static boolean notPositive(JsonNode node) {
    return sign(node).orElse(1) <= 0;
  }

  /** Whether this is a quantity below 0. */
  static boolean negative(JsonNode node) {
    return sign(node).orElse(1) < 0;
  }

  /** -1, 0 or 1; empty when this is no quantity. */
  static OptionalInt sign(JsonNode node) {
    if (node.isNumber()) {
      return OptionalInt.of(node.decimalValue().signum());
    }
    if (!node.isTextual()) {
      return OptionalInt.empty();
    }
    Matcher matcher = QUANTITY.matcher(node.textValue().trim());
    if (!matcher.matches()) {
      return OptionalInt.empty();
    }
    if (matcher.group(2).chars().noneMatch(c -> c >= '1' && c <= '9')) {
      return OptionalInt.of(0);
    }
    return OptionalInt.of(matcher.group(1).equals("-") ? -1 : 1);
  }
}
