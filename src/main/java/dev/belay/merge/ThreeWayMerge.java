package dev.belay.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.merge.MergeType.Field;
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
    Pairing is = Pairing.of(name, target, live, key);
    Pairing was = Pairing.of(name, target, original, key);
    ArrayNode elements = JSON.arrayNode();
    for (int i = 0; i < target.size(); i++) {
      ObjectNode wanted = (ObjectNode) target.get(i);
      ObjectNode present = is.partners().get(i);
      if (present == null) {
        elements.add(wanted);
        continue;
      }
      ObjectNode before = was.partners().get(i);
      ObjectNode inner =
          maps(
              before == null ? NOTHING : before, wanted, present, field.type(), field.retainKeys());
      if (!inner.isEmpty()) {
        elements.add(inner.set(key, wanted.get(key)));
      }
    }
    for (ObjectNode removed : was.alone()) {
      withKey(elements, key, removed.get(key)).put("$patch", "delete");
    }
    if (!elements.isEmpty()) {
      patch.set(name, elements);
    }
    if (!live.isEmpty() && !target.isEmpty() && (!elements.isEmpty() || !is.sameOrder())) {
      ArrayNode order = patch.putArray("$setElementOrder/" + name);
      target.forEach(element -> order.addObject().set(key, element.get(key)));
    }
  }

  /**
   * The element with this key, which a change of another element with the same one may have made:
   * strategicpatch lays the one over the other (mergeMap of deletions and delta).
   */
  private static ObjectNode withKey(ArrayNode elements, String key, JsonNode value) {
    for (JsonNode element : elements) {
      if (element instanceof ObjectNode map && map.path(key).asText().equals(value.asText())) {
        return map;
      }
    }
    ObjectNode added = elements.addObject();
    added.set(key, value);
    return added;
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
