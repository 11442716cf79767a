package dev.belay.admission;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Reads a review as a tree, but not what each manager's fields are ({@code
 * metadata.managedFields[].fieldsV1}): that is up to half of a review, and all the gate asks of it
 * is whether it has changed. A number stands for it that is another one when it has.
 */
final class ReviewTree {

  private static final String SKIPPED = "fieldsV1";

  /** The way to what is skipped, from the review on. */
  private static final List<Set<String>> WAY =
      List.of(
          Set.of("request"),
          Set.of("object", "oldObject"),
          Set.of("metadata"),
          Set.of("managedFields"),
          Set.of(SKIPPED));

  private static final int ENTRIES = WAY.indexOf(Set.of(SKIPPED));

  private ReviewTree() {}

  /**
   * The one value that there is; missing when there is none.
   *
   * @param parser of a mapper that refuses a field that is there twice
   * @throws IOException when it is not JSON, or has a field twice, or something follows it
   */
  static JsonNode read(JsonParser parser) throws IOException {
    if (parser.nextToken() == null) {
      return MissingNode.getInstance();
    }
    JsonNode read = value(parser, 0);
    if (parser.nextToken() != null) {
      throw new JsonParseException(parser, "something follows the review");
    }
    return read;
  }

  private static JsonNode value(JsonParser parser, int depth) throws IOException {
    if (depth == WAY.size()) {
      return JsonNodeFactory.instance.numberNode(digest(parser));
    }
    if (depth == ENTRIES && parser.currentToken() == JsonToken.START_ARRAY) {
      ArrayNode entries = JsonNodeFactory.instance.arrayNode();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        entries.add(fields(parser, depth));
      }
      return entries;
    }
    return depth == ENTRIES ? whole(parser) : fields(parser, depth);
  }

  private static JsonNode fields(JsonParser parser, int depth) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      return whole(parser);
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      JsonNode value = WAY.get(depth).contains(name) ? value(parser, depth + 1) : whole(parser);
      if (object.replace(name, value) != null) {
        throw new JsonParseException(parser, "Duplicate field '" + name + "'");
      }
    }
    return object;
  }

  /** A text is made here, since it is most of what there is, and a reader costs more than it. */
  private static JsonNode whole(JsonParser parser) throws IOException {
    return parser.currentToken() == JsonToken.VALUE_STRING
        ? JsonNodeFactory.instance.textNode(parser.getText())
        : parser.readValueAsTree();
  }

  /** Reads a value to its end. */
  private static long digest(JsonParser parser) throws IOException {
    long digest = 1;
    int open = 0;
    do {
      JsonToken token = parser.currentToken();
      open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      digest = 31 * digest + token.id();
      if (token == JsonToken.FIELD_NAME) {
        digest = 31 * digest + parser.currentName().hashCode();
      } else if (token.isScalarValue()) {
        digest = 31 * digest + parser.getText().hashCode();
      }
    } while (open > 0 && parser.nextToken() != null);
    return digest;
  }
}
