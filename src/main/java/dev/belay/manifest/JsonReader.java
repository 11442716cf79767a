package dev.belay.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON that the API server has sent or that Belay has stored, whatever the lengths of its
 * names, texts and numbers: their bounds are the API server's, and a parser with smaller ones could
 * not read a list because of one object in it.
 *
 * <p>What lies deeper than {@value #MAX_DEPTH} levels in an object is kept as text. Nothing is lost
 * when the tree is written again, and code that walks the tree needs no deep stack. Levels are
 * counted from the object on: one that was read alone is equal to the same in a list.
 */
public final class JsonReader {

  /** Far deeper than any schema. Jackson writes 1,000 levels at the most. */
  static final int MAX_DEPTH = 500;

  private static final JsonMapper WHOLE =
      mapper(MAX_DEPTH).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /** Reads scalars only, one after the other. */
  private static final JsonMapper ANY_DEPTH = mapper(Integer.MAX_VALUE).build();

  private static final String ITEMS = "items";

  private JsonReader() {}

  private static JsonMapper.Builder mapper(int depth) {
    return JsonMapper.builder(
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(depth)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            // Names that were chosen to have one hash are slow, and no reason to read nothing.
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
            .build());
  }

  /**
   * Reads an object, or a list of objects.
   *
   * @param text UTF-8
   * @return the tree; missing where the text is empty
   * @throws IOException when it is not one JSON value. The message has the place and the kind of
   *     the error, and nothing of the text, which may hold secrets
   */
  public static JsonNode read(byte[] text) throws IOException {
    return read(text, "");
  }

  /**
   * The same of a document with an object, or a list of them, in one of its fields.
   *
   * @param field in which they are; empty where the document is itself an object or a list
   */
  public static JsonNode read(byte[] text, String field) throws IOException {
    try {
      return WHOLE.readTree(text);
    } catch (StreamConstraintsException tooDeep) {
      return deep(text, field.isEmpty() && isList(text) ? ITEMS : field);
    } catch (JsonProcessingException | NumberFormatException e) {
      throw unreadable(text, e);
    }
  }

  /** Whether the document says of itself that it is a list. */
  private static boolean isList(byte[] text) throws IOException {
    try (JsonParser parser = ANY_DEPTH.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean kind = parser.currentName().equals("kind");
        if (parser.nextToken() == JsonToken.VALUE_STRING && kind) {
          return parser.getText().endsWith("List");
        }
        parser.skipChildren();
      }
      return false;
    } catch (JsonProcessingException e) {
      throw unreadable(text, e);
    }
  }

  private static JsonNode deep(byte[] text, String field) throws IOException {
    try (JsonParser parser = ANY_DEPTH.createParser(text)) {
      parser.nextToken();
      JsonNode read = document(parser, text, field);
      if (parser.nextToken() != null) {
        throw new IOException("something follows its end");
      }
      return read;
    } catch (JsonProcessingException | NumberFormatException e) {
      throw unreadable(text, e);
    }
  }

  private static IOException unreadable(byte[] text, Exception e) {
    String place =
        e instanceof JsonProcessingException json && json.getLocation() != null
            ? "at byte " + json.getLocation().getByteOffset()
            : "in a number";
    return new IOException("%d bytes that are not JSON, %s".formatted(text.length, place));
  }

  private static JsonNode document(JsonParser parser, byte[] text, String field)
      throws IOException {
    if (field.isEmpty() || parser.currentToken() != JsonToken.START_OBJECT) {
      return value(parser, text, 1);
    }
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      boolean array = parser.nextToken() == JsonToken.START_ARRAY;
      int depth = !name.equals(field) ? 2 : array ? 0 : 1;
      document.set(name, value(parser, text, depth));
    }
    return document;
  }

  private static JsonNode value(JsonParser parser, byte[] text, int depth) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null || !token.isStructStart()) {
      return parser.readValueAsTree();
    }
    if (depth > MAX_DEPTH) {
      return skipped(parser, text);
    }
    if (token == JsonToken.START_ARRAY) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        array.add(value(parser, text, depth + 1));
      }
      return array;
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.set(name, value(parser, text, depth + 1));
    }
    return object;
  }

  /** This object or array as the text that it is. */
  private static JsonNode skipped(JsonParser parser, byte[] text) throws IOException {
    int begin = (int) parser.currentTokenLocation().getByteOffset();
    parser.skipChildren();
    int end = (int) parser.currentLocation().getByteOffset();
    if (begin < 0 || end <= begin) {
      throw new IOException("deep JSON that is not UTF-8");
    }
    String raw = new String(text, begin, end - begin, StandardCharsets.UTF_8);
    return JsonNodeFactory.instance.rawValueNode(new RawValue(raw));
  }
}
