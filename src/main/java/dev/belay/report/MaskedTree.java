package dev.belay.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Set;

/** Part of an object, without what smells of a secret. */
final class MaskedTree {

  private MaskedTree() {}

  /**
   * A copy with masked values.
   *
   * @param secret whether all values are masked, whatever their name
   */
  static JsonNode of(JsonNode node, boolean secret) {
    JsonNode copy = node.deepCopy();
    if (copy instanceof ObjectNode object) {
      for (var field : object.properties()) {
        boolean hidden = secret || Difference.isSecretField(object, field.getKey());
        field.setValue(of(field.getValue(), hidden));
      }
      return object;
    }
    if (copy instanceof ArrayNode array) {
      String before = "";
      for (int i = 0; i < array.size(); i++) {
        JsonNode element = array.get(i);
        boolean option =
            before.startsWith("-") && !before.contains("=") && SecretNames.smells(before);
        before = option ? "" : element.asText();
        array.set(i, of(element, secret || option));
      }
      return array;
    }
    if (secret) {
      return TextNode.valueOf(Masking.MASK);
    }
    return copy.isTextual() ? TextNode.valueOf(text(copy.textValue())) : copy;
  }

  /** One text, without passwords in URLs, options and assignments. */
  static String text(String text) {
    return SecretNames.maskAssignments(Masking.mask(text, Set.of()));
  }
}
