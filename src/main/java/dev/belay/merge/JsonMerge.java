package dev.belay.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The merge patch (RFC 7386) from one state to another: what Helm sends for custom resources, where
 * it does not look at the live object (helm v4.3.1, pkg/kube/client.go, createPatch).
 */
public final class JsonMerge {

  private JsonMerge() {}

  /** What makes {@code target} of {@code original}; empty when they are the same. */
  public static ObjectNode patch(ObjectNode original, ObjectNode target) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    target
        .properties()
        .forEach(
            field -> {
              JsonNode before = original.get(field.getKey());
              JsonNode after = field.getValue();
              if (before instanceof ObjectNode was && after instanceof ObjectNode is) {
                ObjectNode inner = patch(was, is);
                if (!inner.isEmpty()) {
                  patch.set(field.getKey(), inner);
                }
              } else if (before == null || !Trees.same(before, after)) {
                patch.set(field.getKey(), after);
              }
            });
    original
        .properties()
        .forEach(
            field -> {
              if (!target.has(field.getKey())) {
                patch.putNull(field.getKey());
              }
            });
    return patch;
  }
}
