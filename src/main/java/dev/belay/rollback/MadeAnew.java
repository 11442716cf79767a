package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.Names;
import dev.belay.manifest.KubeObject;
import java.time.Instant;

/**
 * Objects that a rollback has made anew, as they say themselves: Belay has written them, or their
 * field managers have written them before they were there. These are the managers of the object
 * that they are made after, which nobody else puts back ({@link Restoration#managers}).
 */
public final class MadeAnew {

  private MadeAnew() {}

  /** Whether this live object is one. */
  public static boolean is(KubeObject live) {
    String created = live.text("", "metadata", "creationTimestamp");
    return !created.isEmpty()
        && live.list("metadata", "managedFields").stream()
            .filter(entry -> entry.path("subresource").asText().isEmpty())
            .anyMatch(entry -> isBelays(entry) || isBefore(entry, Instant.parse(created)));
  }

  private static boolean isBelays(JsonNode entry) {
    return entry.path("manager").asText().equals(Names.FIELD_MANAGER);
  }

  private static boolean isBefore(JsonNode entry, Instant created) {
    String time = entry.path("time").asText();
    return !time.isEmpty() && Instant.parse(time).isBefore(created);
  }
}
