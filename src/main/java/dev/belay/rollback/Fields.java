package dev.belay.rollback;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fields of an object that one manager owns, as the API server writes them down ({@code
 * fieldsV1}; structured-merge-diff, fieldpath/serialize.go): {@code f:} a field, {@code k:} an item
 * of a list by its keys, {@code v:} one by its value, {@code .} the thing itself. What has nothing
 * below it is owned as a whole.
 *
 * @param set the tree
 */
record Fields(JsonNode set) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those of this entry of {@code managedFields}. */
  static Fields of(JsonNode entry) {
    return new Fields(entry.path("fieldsV1"));
  }

  /** What of this value they are. */
  JsonNode from(JsonNode value) {
    return extracted(value, set);
  }

  /**
   * Where the second value has something that the first has not, or has otherwise; empty as soon as
   * one of these places is not among the fields. What only the first one has is no difference.
   */
  Optional<List<List<String>>> differing(JsonNode from, JsonNode to) {
    List<List<String>> places = new ArrayList<>();
    return collect(from, to, set, List.of(), places) ? Optional.of(places) : Optional.empty();
  }

  /** Whether they have something at this place, above or below it. */
  boolean touch(List<String> place) {
    JsonNode node = set;
    for (String step : place) {
      node = node.path(step);
      if (node.isMissingNode()) {
        return false;
      }
      if (node.isEmpty()) {
        return true;
      }
    }
    return true;
  }

  /** Whether this value has something that is among them and not among the others. */
  boolean more(Fields others, JsonNode value) {
    return more(set, others.set, value);
  }

  private static boolean more(JsonNode here, JsonNode there, JsonNode value) {
    if (here.isEmpty() || there.isEmpty()) {
      return false;
    }
    for (Map.Entry<String, JsonNode> field : here.properties()) {
      JsonNode present = at(value, field.getKey());
      if (present.isMissingNode()) {
        continue;
      }
      JsonNode other = there.path(field.getKey());
      if (other.isMissingNode() || more(field.getValue(), other, present)) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode extracted(JsonNode value, JsonNode set) {
    if (set.isEmpty() || value.isValueNode()) {
      return value;
    }
    if (value.isObject()) {
      ObjectNode taken = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        JsonNode owned = set.path("f:" + field.getKey());
        if (!owned.isMissingNode()) {
          taken.set(field.getKey(), extracted(field.getValue(), owned));
        }
      }
      return taken;
    }
    ArrayNode taken = JsonNodeFactory.instance.arrayNode();
    for (JsonNode item : value) {
      step(set, item).ifPresent(step -> taken.add(extracted(item, set.path(step))));
    }
    return taken;
  }

  private static boolean collect(
      JsonNode from, JsonNode to, JsonNode set, List<String> place, List<List<String>> places) {
    if (to.equals(from)) {
      return true;
    }
    if (!set.isMissingNode() && set.isEmpty()) {
      places.add(place);
      return true;
    }
    if (to.isObject()) {
      for (Map.Entry<String, JsonNode> field : to.properties()) {
        String step = "f:" + field.getKey();
        if (isKey(place, field) && !set.has(step)) {
          continue; // The item is told by it, and has it by default.
        }
        if (!collect(
            from.path(field.getKey()),
            field.getValue(),
            set.path(step),
            and(place, step),
            places)) {
          return false;
        }
      }
      return from.isObject() || !set.isMissingNode();
    }
    if (!to.isArray() || set.isMissingNode()) {
      return false;
    }
    for (JsonNode item : to) {
      Optional<String> step = step(set, item);
      boolean known =
          step.isPresent()
              ? collect(
                  at(from, step.get()), item, set.path(step.get()), and(place, step.get()), places)
              : has(from, item);
      if (!known) {
        return false;
      }
    }
    return true;
  }

  /** Whether this is a field of an item by which the last step has told it from others. */
  private static boolean isKey(List<String> place, Map.Entry<String, JsonNode> field) {
    return !place.isEmpty()
        && place.getLast().startsWith("k:")
        && same(field.getValue(), read(place.getLast()).path(field.getKey()));
  }

  private static boolean has(JsonNode list, JsonNode item) {
    for (JsonNode other : list) {
      if (other.equals(item)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> and(List<String> place, String step) {
    List<String> longer = new ArrayList<>(place);
    longer.add(step);
    return longer;
  }

  /** The step that leads to this item of a list; empty where the set has none. */
  private static Optional<String> step(JsonNode set, JsonNode item) {
    return set.properties().stream()
        .map(Map.Entry::getKey)
        .filter(step -> leadsTo(step, item))
        .findFirst();
  }

  /** What is at this step; missing where nothing is. */
  private static JsonNode at(JsonNode value, String step) {
    if (step.startsWith("f:")) {
      return value.path(step.substring(2));
    }
    for (JsonNode item : value) {
      if (leadsTo(step, item)) {
        return item;
      }
    }
    return MissingNode.getInstance();
  }

  private static boolean leadsTo(String step, JsonNode item) {
    if (step.startsWith("v:")) {
      return read(step).equals(item);
    }
    return step.startsWith("k:")
        && item.isObject()
        && read(step).properties().stream()
            .allMatch(key -> same(key.getValue(), item.path(key.getKey())));
  }

  /** A number is the same however it was read. */
  private static boolean same(JsonNode a, JsonNode b) {
    return a.equals(b) || (a.isNumber() && b.isNumber() && a.asText().equals(b.asText()));
  }

  private static JsonNode read(String step) {
    try {
      return JSON.readTree(step.substring(2));
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }
}
