package dev.belay.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One Kubernetes object as the JSON tree it is: nothing is lost that a typed model does not know.
 *
 * <p>Reads never fail on a missing or wrongly typed field; they answer the default given at the
 * read. The tree is shared, not copied: whoever changes it calls {@link #copy()} first.
 *
 * @param json the object
 */
public record KubeObject(ObjectNode json) {

  /** Reads the object at this node; an empty object when it is not a JSON object. */
  public static KubeObject of(JsonNode node) {
    return new KubeObject(
        node instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode());
  }

  public String apiVersion() {
    return text("", "apiVersion");
  }

  /** The API group, empty for the core group. */
  public String group() {
    String apiVersion = apiVersion();
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }

  public String kind() {
    return text("", "kind");
  }

  public String name() {
    return text("", "metadata", "name");
  }

  /** The namespace that the object itself names; empty when it names none. */
  public String namespace() {
    return text("", "metadata", "namespace");
  }

  public String uid() {
    return text("", "metadata", "uid");
  }

  public String resourceVersion() {
    return text("", "metadata", "resourceVersion");
  }

  /** {@code metadata.generation}, 0 when the kind has none. */
  public long generation() {
    return number(0, "metadata", "generation");
  }

  public Map<String, String> labels() {
    return stringMap("metadata", "labels");
  }

  public Map<String, String> annotations() {
    return stringMap("metadata", "annotations");
  }

  /** The value of this label; empty when it has none. */
  public String label(String key) {
    return text("", "metadata", "labels", key);
  }

  /** The value of this annotation; empty when it has none. */
  public String annotation(String key) {
    return text("", "metadata", "annotations", key);
  }

  /**
   * The identity as the object says it, without any default for the namespace. One that is to be
   * given a name goes by what that begins with: {@code web-*}, a name that no object has.
   */
  public ObjectKey key() {
    String name = name();
    String generated = name.isEmpty() ? text("", "metadata", "generateName") : "";
    return new ObjectKey(
        group(), kind(), namespace(), generated.isEmpty() ? name : generated + "*");
  }

  /** The node at this path, {@link MissingNode} when there is none. */
  public JsonNode at(String... path) {
    JsonNode node = json;
    for (String step : path) {
      node = node.path(step);
    }
    return node;
  }

  /** {@code spec.replicas}, 1 where it is not said. */
  public long replicas() {
    return number(1, "spec", "replicas");
  }

  /** The template that the Pods of this object are made of; missing where it has none. */
  public JsonNode podTemplate() {
    return kind().equals("CronJob")
        ? at("spec", "jobTemplate", "spec", "template")
        : at("spec", "template");
  }

  /** The text at this path, or {@code otherwise} when there is no text. */
  public String text(String otherwise, String... path) {
    JsonNode node = at(path);
    return node.isTextual() ? node.textValue() : otherwise;
  }

  /** The whole number at this path, or {@code otherwise} when there is none. */
  public long number(long otherwise, String... path) {
    JsonNode node = at(path);
    return node.isIntegralNumber() ? node.longValue() : otherwise;
  }

  /** The elements of the list at this path; empty when there is no list. */
  public List<JsonNode> list(String... path) {
    List<JsonNode> elements = new ArrayList<>();
    JsonNode node = at(path);
    if (node.isArray()) {
      node.forEach(elements::add);
    }
    return elements;
  }

  /** The condition of this type in {@code status.conditions}; missing when there is none. */
  public JsonNode condition(String type) {
    for (JsonNode condition : list("status", "conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition;
      }
    }
    return MissingNode.getInstance();
  }

  /** A deep copy that may be changed. */
  public KubeObject copy() {
    return new KubeObject(json.deepCopy());
  }

  private Map<String, String> stringMap(String... path) {
    Map<String, String> map = new LinkedHashMap<>();
    at(path)
        .properties()
        .forEach(
            entry -> {
              if (entry.getValue().isTextual()) {
                map.put(entry.getKey(), entry.getValue().textValue());
              }
            });
    return map;
  }
}
