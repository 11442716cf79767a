package dev.belay.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Changes to JSON and to text, at random. */
final class Mutation {

  private static final String[] PIECES = {
    "\n---\n",
    "&a ",
    "*a",
    "<<: ",
    "!!binary ",
    "!!int ",
    ".inf",
    "1e999999999",
    "-0",
    "null",
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
    "kind: List\nitems: [1]\n",
    "\ud83d",
    "\u0000",
    "? ",
    "9".repeat(60),
    "\"",
    "'",
    "- - - ",
    "[",
    "{"
  };

  private static final String SIGNS = "{}[]:,-&*!|>'\"%@`#\n\t 019";

  private final Random random;

  Mutation(Random random) {
    this.random = random;
  }

  /** Changes one to four nodes anywhere in the tree. */
  void of(ObjectNode tree) {
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      List<JsonNode> parents = new ArrayList<>();
      collect(tree, parents);
      JsonNode parent = parents.get(random.nextInt(parents.size()));
      if (parent instanceof ObjectNode object && !object.isEmpty()) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.get(random.nextInt(names.size()));
        if (random.nextInt(4) == 0) {
          object.remove(name);
        } else {
          object.set(name, anything());
        }
      } else if (parent instanceof ArrayNode array) {
        array.add(anything());
      }
    }
  }

  private static void collect(JsonNode node, List<JsonNode> parents) {
    if (node.isContainerNode()) {
      parents.add(node);
      node.forEach(child -> collect(child, parents));
    }
  }

  private JsonNode anything() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (random.nextInt(10)) {
      case 0 -> json.nullNode();
      case 1 -> json.booleanNode(random.nextBoolean());
      case 2 -> json.numberNode(random.nextLong());
      case 3 -> json.numberNode(new BigDecimal(BigInteger.TEN, random.nextInt()));
      case 4 -> json.numberNode(BigInteger.TWO.pow(200));
      case 5 -> json.textNode("");
      case 6 -> json.textNode("\u0000\ud83d\ude80\n".repeat(random.nextInt(200)));
      case 7 -> json.objectNode().put("kind", "List");
      case 8 -> json.arrayNode().add(json.arrayNode().add(json.nullNode()));
      default -> json.textNode(Reviews.BAD);
    };
  }

  /** Replaces, removes, repeats and swaps pieces. */
  String text(String text) {
    StringBuilder changed = new StringBuilder(text);
    for (int times = 1 + random.nextInt(6); times > 0 && !changed.isEmpty(); times--) {
      int at = random.nextInt(changed.length());
      int end = Math.min(changed.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> changed.setCharAt(at, (char) random.nextInt(128));
        case 1 -> changed.delete(at, end);
        case 2 -> changed.insert(at, changed.substring(at, end));
        case 3 -> changed.insert(at, PIECES[random.nextInt(PIECES.length)]);
        default -> changed.setCharAt(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
      }
    }
    return changed.toString();
  }
}
