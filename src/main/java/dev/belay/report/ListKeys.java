package dev.belay.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * By what the elements of a list are told apart, so that an inserted container does not make all
 * behind it differ. The keys are those of the API's own merge keys ({@code x-kubernetes-list-map-
 * keys} and {@code patchMergeKey} in its OpenAPI).
 */
final class ListKeys {

  /** In this order: volume mounts have a name too, but more than one may share it. */
  private static final List<String> KEYS =
      List.of(
          "mountPath", "devicePath", "name", "containerPort", "port", "topologyKey", "key", "host");

  private ListKeys() {}

  /** The elements by their key, in order; by index when no key tells those of both lists apart. */
  static Map<String, JsonNode> index(JsonNode list, JsonNode other) {
    String key =
        KEYS.stream().filter(k -> isKey(k, list) && isKey(k, other)).findFirst().orElse("");
    Map<String, JsonNode> elements = new LinkedHashMap<>();
    for (JsonNode element : list) {
      String label = key.isEmpty() ? "" + elements.size() : element.path(key).asText();
      elements.put(label, element);
    }
    return elements;
  }

  private static boolean isKey(String key, JsonNode list) {
    Set<String> seen = new HashSet<>();
    for (JsonNode element : list) {
      if (!element.path(key).isValueNode() || !seen.add(element.path(key).asText())) {
        return false;
      }
    }
    return true;
  }
}
