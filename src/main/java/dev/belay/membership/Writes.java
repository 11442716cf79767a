package dev.belay.membership;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.Names;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.Set;

/** Who wrote an object last, and when, by the API server's clock: whole seconds. */
public final class Writes {

  private static final Set<String> NO_CLIENTS =
      Set.of("kube-controller-manager", Names.FIELD_MANAGER);

  private Writes() {}

  /**
   * A write of a client.
   *
   * @param at when
   * @param manager as whom
   */
  public record Write(Instant at, String manager) {}

  /**
   * The last write that was no status and no controller's. The times of managers are taken before
   * admission, which may take a while: a new object's is older than the object.
   */
  public static Write last(KubeObject object) {
    Write last = new Write(Instant.EPOCH, "");
    for (JsonNode entry : object.list("metadata", "managedFields")) {
      String manager = entry.path("manager").asText();
      Instant at = time(entry.path("time").asText());
      if (entry.path("subresource").asText().isEmpty()
          && !NO_CLIENTS.contains(manager)
          && !at.isBefore(last.at())) {
        last = new Write(at, manager);
      }
    }
    Instant created = created(object);
    return last.at().isBefore(created) ? new Write(created, last.manager()) : last;
  }

  /** When the object was created; the epoch where it does not say. */
  public static Instant created(KubeObject object) {
    return time(object.text("", "metadata", "creationTimestamp"));
  }

  private static Instant time(String text) {
    return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
  }
}
