package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * What was applied to a Secret as {@code stringData}. The API server stores it as {@code data}, and
 * keeps the manager of {@code stringData}, which no stored Secret has: it has to be applied in the
 * same way, and what is left out of it stays.
 */
final class StringData {

  static final String FIELD = "stringData";

  private static final String OWNED = "f:" + FIELD;
  private static final String OWNED_DATA = "f:data";

  private StringData() {}

  /** The same fields where they are stored. */
  static Fields asData(Fields fields) {
    if (!(fields.set() instanceof ObjectNode set) || !set.has(OWNED)) {
      return fields;
    }
    ObjectNode stored = JsonNodeFactory.instance.objectNode();
    stored.setAll(set);
    ObjectNode data = JsonNodeFactory.instance.objectNode();
    for (String from : new String[] {OWNED_DATA, OWNED}) {
      if (set.get(from) instanceof ObjectNode owned) {
        data.setAll(owned);
      }
    }
    stored.remove(OWNED);
    stored.set(OWNED_DATA, data);
    return new Fields(stored);
  }

  /** Whether the Secret is to keep all of them: an apply would take none of them away. */
  static boolean areThere(Fields fields, KubeObject desired) {
    return fields.set().path(OWNED).properties().stream()
        .allMatch(field -> desired.at("data").has(name(field)));
  }

  /** The texts to apply; empty where one of them is none. */
  static Optional<ObjectNode> sent(KubeObject desired, Fields fields) {
    ObjectNode texts = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : fields.set().path(OWNED).properties()) {
      Optional<String> text = text(desired.text("", "data", name(field)));
      if (text.isEmpty()) {
        return Optional.empty();
      }
      texts.put(name(field), text.get());
    }
    return Optional.of(texts);
  }

  private static String name(Map.Entry<String, JsonNode> field) {
    return field.getKey().substring(2);
  }

  private static Optional<String> text(String base64) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Base64.getDecoder().decode(base64)))
              .toString());
    } catch (CharacterCodingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
