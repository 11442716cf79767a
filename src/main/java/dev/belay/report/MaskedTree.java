package dev.belay.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.belay.masking.Masking;
import dev.belay.masking.SecretNames;
import dev.belay.masking.UrlPasswords;

/** Part of an object, without what smells of a secret. */
final class MaskedTree {

  /** What is nested deeper is left out: nobody reads it, and it would take the whole stack. */
  private static final int MAX_DEPTH = 50;

  private static final TextNode LEFT_OUT = TextNode.valueOf("…");

  private MaskedTree() {}

  /**
   * A copy with masked values.
   *
   * @param secret whether all values are masked, whatever their name
   */
  static JsonNode of(JsonNode node, boolean secret) {
    return of(node, secret, MAX_DEPTH);
  }

  private static JsonNode of(JsonNode node, boolean secret, int depth) {
    if (node.isContainerNode() && depth == 0) {
      return LEFT_OUT;
    }
    if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      for (var field : node.properties()) {
        boolean hidden = secret || Difference.isSecretField(node, field.getKey());
        copy.set(field.getKey(), of(field.getValue(), hidden, depth - 1));
      }
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode(node.size());
      String before = "";
      for (JsonNode element : node) {
        boolean option =
            before.startsWith("-") && !before.contains("=") && SecretNames.smells(before);
        before = option ? "" : element.asText();
        copy.add(of(element, secret || option, depth - 1));
      }
      return copy;
    }
    if (secret) {
      return TextNode.valueOf(Masking.MASK);
    }
    return node.isTextual() ? TextNode.valueOf(text(node.textValue())) : node;
  }

  /** One text, without passwords in URLs, options and assignments. */
  static String text(String text) {
    return SecretNames.maskAssignments(UrlPasswords.masked(text));
  }
}
