package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an object has to look like to be as it was: content in one write, field managers in a
 * second.
 *
 * <p>The second write is needed since the API server makes whoever changes a field its manager: the
 * next server-side apply of the rightful owner would meet a conflict with Belay.
 */
public final class Restoration {

  private static final List<String> ASSIGNED_BY_SERVER =
      List.of(
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "selfLink",
          "managedFields",
          "deletionTimestamp",
          "deletionGracePeriodSeconds");

  private Restoration() {}

  /**
   * The object to replace the live one with: fields that were added since are gone, what others own
   * is as it is live ({@link LiveOwned}). Carries the live resourceVersion.
   */
  public static KubeObject replacement(KubeObject stable, KubeObject live) {
    KubeObject desired = stable.copy();
    LiveOwned.keep(desired, live);
    return desired;
  }

  /** The object to create where the live one is gone. */
  public static KubeObject creation(KubeObject stable) {
    KubeObject desired = stable.copy();
    LiveOwned.forgetGenerated(desired);
    ObjectNode metadata = (ObjectNode) desired.json().get("metadata");
    metadata.remove(ASSIGNED_BY_SERVER);
    // Owners are known by uid: one that was recreated since would make the API server's garbage
    // collector take the object away again.
    metadata.remove("ownerReferences");
    return desired;
  }

  /** Whether the live object's content is as it was, what others own aside. */
  public static boolean sameContent(KubeObject stable, KubeObject live) {
    return withoutEmptyMaps(replacement(stable, live)).equals(withoutEmptyMaps(live));
  }

  /**
   * The managers that the object has to have: those of the stable state, and the live ones of
   * subresources (status, scale), which a restore does not touch.
   */
  public static ArrayNode managers(KubeObject stable, KubeObject live) {
    ArrayNode managers = JsonNodeFactory.instance.arrayNode();
    for (JsonNode entry : stable.list("metadata", "managedFields")) {
      if (entry.path("subresource").asText().isEmpty()) {
        managers.add(entry);
      }
    }
    for (JsonNode entry : live.list("metadata", "managedFields")) {
      if (!entry.path("subresource").asText().isEmpty()) {
        managers.add(entry);
      }
    }
    return managers;
  }

  /** Whether the live object's managers own what they have to own, whenever they last wrote it. */
  public static boolean sameManagers(KubeObject stable, KubeObject live) {
    return ownership(managers(stable, live))
        .equals(ownership(live.at("metadata", "managedFields")));
  }

  private static Set<JsonNode> ownership(JsonNode managedFields) {
    Set<JsonNode> ownership = new HashSet<>();
    for (JsonNode entry : managedFields) {
      ObjectNode timeless = entry.deepCopy();
      timeless.remove("time");
      ownership.add(timeless);
    }
    return ownership;
  }

  /** {@code labels: {}} and no labels at all are the same to everyone. */
  private static JsonNode withoutEmptyMaps(KubeObject object) {
    KubeObject compared = object.copy();
    if (compared.json().get("metadata") instanceof ObjectNode metadata) {
      metadata.remove("resourceVersion");
      for (String map : List.of("labels", "annotations")) {
        if (metadata.path(map).isEmpty()) {
          metadata.remove(map);
        }
      }
    }
    return compared.json();
  }
}
