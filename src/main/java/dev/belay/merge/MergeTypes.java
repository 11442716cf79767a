package dev.belay.merge;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The types of one API version, from the OpenAPI document that the API server serves for it. Kept
 * is only what merging asks for; the document itself, which may be megabytes, is read piece by
 * piece.
 */
public final class MergeTypes {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REF = "#/components/schemas/";

  /**
   * Types whose objects clients know by compiled-in structures, and merge by strategy; all others
   * are custom resources to them (helm v4.3.1, pkg/kube/converter.go: the scheme of client-go and
   * CustomResourceDefinitions).
   */
  private static final List<String> COMPILED_IN =
      List.of("io.k8s.api.", "io.k8s.apiextensions-apiserver.");

  private final Map<String, Map<String, Field>> fields = new HashMap<>();
  private final Map<String, String> nameByKind = new HashMap<>();

  /** As the document says it: the type by its name, which may be recursive. */
  private record Field(String type, boolean merged, String mergeKey, boolean retainKeys) {}

  private MergeTypes() {}

  /**
   * Reads an OpenAPI v3 document.
   *
   * @throws IOException when it is not JSON
   */
  public static MergeTypes read(String document) throws IOException {
    MergeTypes types = new MergeTypes();
    try (JsonParser parser = JSON.createParser(document)) {
      if (enter(parser, "components") && enter(parser, "schemas")) {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String name = parser.currentName();
          parser.nextToken();
          types.add(name, JSON.readTree(parser));
        }
      }
    }
    return types;
  }

  /** Whether the parser stands at the begin of the object in this field of the next object. */
  private static boolean enter(JsonParser parser, String field) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT
        && parser.nextToken() != JsonToken.START_OBJECT) {
      return false;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      boolean wanted = parser.currentName().equals(field);
      if (parser.nextToken() == JsonToken.START_OBJECT && wanted) {
        return true;
      }
      parser.skipChildren();
    }
    return false;
  }

  private void add(String name, JsonNode schema) {
    for (JsonNode kind : schema.path("x-kubernetes-group-version-kind")) {
      nameByKind.put(kind.path("group").asText("") + "/" + kind.path("kind").asText(""), name);
    }
    Map<String, Field> described = new HashMap<>();
    schema
        .path("properties")
        .properties()
        .forEach(property -> described.put(property.getKey(), field(property.getValue())));
    described.values().removeIf(field -> field.type().isEmpty() && !field.merged());
    fields.put(name, described);
  }

  private static Field field(JsonNode property) {
    String strategies = "," + property.path("x-kubernetes-patch-strategy").asText("") + ",";
    JsonNode element = property.has("items") ? property.path("items") : property;
    return new Field(
        reference(element),
        strategies.contains(",merge,"),
        property.path("x-kubernetes-patch-merge-key").asText(""),
        strategies.contains(",retainKeys,"));
  }

  private static String reference(JsonNode schema) {
    JsonNode ref =
        schema.has("allOf") ? schema.path("allOf").path(0).path("$ref") : schema.path("$ref");
    String text = ref.asText("");
    return text.startsWith(REF) ? text.substring(REF.length()) : "";
  }

  /**
   * The type of this kind; empty for one that is merged as a custom resource is, without
   * strategies.
   */
  public Optional<MergeType> of(String group, String kind) {
    return Optional.ofNullable(nameByKind.get(group + "/" + kind))
        .filter(name -> COMPILED_IN.stream().anyMatch(name::startsWith))
        .map(this::type);
  }

  private MergeType type(String name) {
    Map<String, Field> described = fields.getOrDefault(name, Map.of());
    return field -> {
      Field found = described.get(field);
      return found == null
          ? MergeType.Field.UNKNOWN
          : new MergeType.Field(
              type(found.type()), found.merged(), found.mergeKey(), found.retainKeys());
    };
  }
}
