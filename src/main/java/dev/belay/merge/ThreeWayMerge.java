package dev.belay.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.merge.MergeType.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The strategic merge patch of a client-side apply: what the new state has and the live object has
 * not, and what the state applied before had and the new one has no more. What others have set in
 * the live object stays.
 *
 * <p>The same patch as k8s.io/apimachinery v0.37.2, pkg/util/strategicpatch/patch.go,
 * CreateThreeWayMergePatch with overwrite, sends, except for nulls that change nothing. Helm sends
 * no request at all when it is empty.
 */
public final class ThreeWayMerge {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ObjectNode NOTHING = JSON.objectNode();

  private ThreeWayMerge() {}

  /** The objects can't be merged: the client that tries stops with an error. */
  public static final class NotMergeable extends Exception {
    private static final long serialVersionUID = 1;

    NotMergeable(String message) {
      super(message);
    }
  }

  /**
   * The patch.
   *
   * @param original what was applied before; empty for nothing
   * @param target what is to be applied now
   * @param live the object as it is
   * @param type the type of all three
   * @throws NotMergeable when a list's elements can't be told apart
   */
  public static ObjectNode patch(
      ObjectNode original, ObjectNode target, ObjectNode live, MergeType type) throws NotMergeable {
    return maps(original, target, live, type, false);
  }

  private static ObjectNode maps(
      ObjectNode original, ObjectNode target, ObjectNode live, MergeType type, boolean retainKeys)
      throws NotMergeable {
    ObjectNode patch = JSON.objectNode();
    for (Map.Entry<String, JsonNode> entry : target.properties()) {
      String name = entry.getKey();
      values(patch, name, original.path(name), entry.getValue(), live.path(name), type.field(name));
    }
    for (Map.Entry<String, JsonNode> entry : original.properties()) {
      if (!target.has(entry.getKey())) {
        patch.putNull(entry.getKey());
      }
    }
    if (retainKeys && !target.isEmpty() && (!patch.isEmpty() || more(live, target))) {
      ArrayNode retained = patch.putArray("$retainKeys");
      target.properties().stream()
          .filter(field -> !field.getValue().isNull())
          .map(Map.Entry::getKey)
          .sorted()
          .forEach(retained::add);
    }
    return patch;
  }

  private static void values(
      ObjectNode patch, String name, JsonNode original, JsonNode target, JsonNode live, Field field)
      throws NotMergeable {
    if (target instanceof ObjectNode wanted && live instanceof ObjectNode is) {
      ObjectNode was = original instanceof ObjectNode object ? object : NOTHING;
      ObjectNode inner = maps(was, wanted, is, field.type(), field.retainKeys());
      if (!inner.isEmpty()) {
        patch.set(name, inner);
      }
    } else if (field.merged()
        && target instanceof ArrayNode wanted
        && live instanceof ArrayNode is) {
      ArrayNode was = original instanceof ArrayNode array ? array : JSON.arrayNode();
      if (field.mergeKey().isEmpty()) {
        scalars(patch, name, was, wanted, is);
      } else {
        lists(patch, name, was, wanted, is, field);
      }
    } else if (live.isMissingNode() || !Trees.same(target, live)) {
      patch.set(name, target);
    }
  }

  private static void scalars(
      ObjectNode patch, String name, ArrayNode original, ArrayNode target, ArrayNode live) {
    ArrayNode added = JSON.arrayNode();
    target.forEach(value -> addUnless(added, value, live));
    ArrayNode removed = JSON.arrayNode();
    original.forEach(value -> addUnless(removed, value, target));
    if (!added.isEmpty()) {
      patch.set(name, added);
    }
    if (!removed.isEmpty()) {
      patch.set("$deleteFromPrimitiveList/" + name, removed);
    }
    if (!target.isEmpty() && (!removed.isEmpty() || !Trees.same(target, live))) {
      patch.set("$setElementOrder/" + name, target);
    }
  }

  private static void addUnless(ArrayNode list, JsonNode value, ArrayNode in) {
    for (JsonNode element : in) {
      if (Trees.same(element, value)) {
        return;
      }
    }
    list.add(value);
  }

  private static void lists(
      ObjectNode patch,
      String name,
      ArrayNode original,
      ArrayNode target,
      ArrayNode live,
      Field field)
      throws NotMergeable {
    String key = field.mergeKey();
    Map<String, ObjectNode> was = byKey(name, original, key);
    Map<String, ObjectNode> wanted = byKey(name, target, key);
    Map<String, ObjectNode> is = byKey(name, live, key);
    ArrayNode elements = JSON.arrayNode();
    for (Map.Entry<String, ObjectNode> entry : wanted.entrySet()) {
      ObjectNode present = is.get(entry.getKey());
      if (present == null) {
        elements.add(entry.getValue());
        continue;
      }
      ObjectNode before = was.getOrDefault(entry.getKey(), NOTHING);
      ObjectNode inner = maps(before, entry.getValue(), present, field.type(), field.retainKeys());
      if (!inner.isEmpty()) {
        elements.add(inner.set(key, entry.getValue().get(key)));
      }
    }
    for (Map.Entry<String, ObjectNode> entry : was.entrySet()) {
      if (!wanted.containsKey(entry.getKey())) {
        ObjectNode removal = elements.addObject().put("$patch", "delete");
        removal.set(key, entry.getValue().get(key));
      }
    }
    if (!elements.isEmpty()) {
      patch.set(name, elements);
    }
    if (!live.isEmpty() && !wanted.isEmpty() && (!elements.isEmpty() || !sameOrder(wanted, is))) {
      ArrayNode order = patch.putArray("$setElementOrder/" + name);
      wanted.values().forEach(element -> order.addObject().set(key, element.get(key)));
    }
  }

  private static Map<String, ObjectNode> byKey(String name, ArrayNode list, String key)
      throws NotMergeable {
    Map<String, ObjectNode> elements = new LinkedHashMap<>();
    for (JsonNode element : list) {
      JsonNode value = element.path(key);
      if (!(element instanceof ObjectNode map) || !value.isValueNode() || value.isNull()) {
        throw new NotMergeable("an element of %s has no %s".formatted(name, key));
      }
      if (elements.put(value.asText(), map) != null) {
        throw new NotMergeable("two elements of %s have the same %s".formatted(name, key));
      }
    }
    return elements;
  }

  /** Whether the elements that both have are in the same order. */
  private static boolean sameOrder(Map<String, ObjectNode> wanted, Map<String, ObjectNode> is) {
    List<String> there = new ArrayList<>(is.keySet());
    there.retainAll(wanted.keySet());
    List<String> asked = new ArrayList<>(wanted.keySet());
    asked.retainAll(is.keySet());
    return there.equals(asked);
  }

  private static boolean more(ObjectNode live, ObjectNode target) {
    for (Map.Entry<String, JsonNode> field : live.properties()) {
      if (target.path(field.getKey()) instanceof MissingNode) {
        return true;
      }
    }
    return false;
  }
}
