package dev.belay.merge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;

/** When two JSON values are the same: numbers by value, whatever type they were read as. */
final class Trees {

  private static final Comparator<JsonNode> BY_VALUE =
      (a, b) -> {
        if (a.isNumber() && b.isNumber()) {
          return a.decimalValue().compareTo(b.decimalValue());
        }
        return a.equals(b) ? 0 : 1;
      };

  private Trees() {}

  static boolean same(JsonNode a, JsonNode b) {
    return a.equals(BY_VALUE, b);
  }
}
