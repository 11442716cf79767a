package dev.belay.membership;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * Objects of a change that somebody else has changed while it was verified, as with {@code kubectl
 * rollout undo}: what has proved itself then is not what its client had sent.
 */
public final class EditedBeside {

  private EditedBeside() {}

  /**
   * These, each with who it was: {@code Deployment/web as kubectl has changed it}.
   *
   * @param live the objects of the change
   * @param client whose change it is
   * @param begun when it began
   */
  public static List<String> of(List<KubeObject> live, String client, Instant begun) {
    return live.stream().flatMap(object -> by(object, client, begun).stream()).toList();
  }

  private static Optional<String> by(KubeObject object, String client, Instant begun) {
    return object.list("metadata", "managedFields").stream()
        .filter(entry -> entry.path("subresource").asText().isEmpty() && isOfContent(entry))
        .filter(entry -> isSince(entry.path("time").asText(), begun))
        .map(entry -> entry.path("manager").asText())
        .filter(Clients::isKnown)
        .map(Clients::named)
        .filter(who -> !who.equals(client))
        .findFirst()
        .map(who -> "%s as %s has changed it".formatted(object.key().display(), who));
  }

  /** A label, or who has read it last, changes nothing of what the object does. */
  private static boolean isOfContent(JsonNode entry) {
    return entry.path("fieldsV1").properties().stream()
        .anyMatch(field -> !field.getKey().equals("f:metadata"));
  }

  private static boolean isSince(String time, Instant begun) {
    try {
      return !Instant.parse(time).isBefore(begun);
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
