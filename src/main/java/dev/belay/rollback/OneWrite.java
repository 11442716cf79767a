package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One write that restores an object with its field managers: where all that differs was one
 * manager's in the stable state, it is written in that manager's name, and nobody's fields change
 * hands. Where more than one manager's differs, content and managers take a write each ({@link
 * Restoration}).
 *
 * @param manager in whose name it is written
 * @param applied whether it is a server-side apply of what that manager owned, or a replacement
 *     that carries all managers
 * @param body what is sent; only for the live object's uid and resourceVersion
 */
public record OneWrite(String manager, boolean applied, KubeObject body) {

  /** The write that makes {@code live} as {@code stable} was; empty where none does so alone. */
  public static Optional<OneWrite> of(KubeObject stable, KubeObject live) {
    KubeObject desired = Restoration.replacement(stable, live);
    List<JsonNode> wanted = new ArrayList<>();
    Restoration.managers(stable, live).forEach(wanted::add);
    for (JsonNode entry : stable.list("metadata", "managedFields")) {
      if (entry.path("subresource").asText().isEmpty()
          && entry.path("apiVersion").asText().equals(stable.apiVersion())
          && !entry.path("manager").asText().isEmpty()) {
        Optional<OneWrite> write =
            switch (entry.path("operation").asText()) {
              case "Apply" -> apply(entry, wanted, desired, live);
              case "Update" -> replace(entry, wanted, desired, live);
              default -> Optional.empty();
            };
        if (write.isPresent()) {
          return write;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The API server takes what a replacement changes from all managers that it carries, and gives it
   * to the writer (structured-merge-diff, merge/update.go): where that is whose it was, the list
   * stays as it is sent.
   */
  private static Optional<OneWrite> replace(
      JsonNode entry, List<JsonNode> wanted, KubeObject desired, KubeObject live) {
    if (!onlyOf(entry, wanted, Fields.of(entry).differing(content(live), content(desired)))) {
      return Optional.empty();
    }
    KubeObject body = desired.copy();
    body.json().withObjectProperty("metadata").putArray("managedFields").addAll(wanted);
    return Optional.of(new OneWrite(entry.path("manager").asText(), false, body));
  }

  /**
   * A forced apply sets what it has, and takes away what its manager had and it has not. Exact only
   * while the others own what they owned.
   */
  private static Optional<OneWrite> apply(
      JsonNode entry, List<JsonNode> wanted, KubeObject desired, KubeObject live) {
    List<JsonNode> present = live.list("metadata", "managedFields");
    Optional<JsonNode> now = present.stream().filter(other -> sameManager(other, entry)).findAny();
    if (now.isEmpty() || !others(wanted, entry).equals(others(present, entry))) {
      return Optional.empty();
    }
    Fields had = StringData.asData(Fields.of(entry));
    Fields has = StringData.asData(Fields.of(now.get()));
    boolean exact =
        onlyOf(entry, wanted, had.differing(content(live), content(desired)))
            && onlyOf(entry, wanted, has.differing(content(desired), content(live)))
            // A default, say, that the manager has sent since: nothing would set it again.
            && !has.more(had, desired.json())
            && StringData.areThere(Fields.of(now.get()), desired);
    return exact
        ? applied(desired, Fields.of(entry))
            .map(body -> new OneWrite(entry.path("manager").asText(), true, body))
        : Optional.empty();
  }

  /** What is applied; empty where it can't be sent as it was. */
  private static Optional<KubeObject> applied(KubeObject desired, Fields fields) {
    ObjectNode body =
        fields.from(desired.json()) instanceof ObjectNode taken
            ? taken.deepCopy()
            : JsonNodeFactory.instance.objectNode();
    body.put("apiVersion", desired.apiVersion()).put("kind", desired.kind());
    ObjectNode metadata = body.withObjectProperty("metadata");
    metadata.put("name", desired.name());
    if (!desired.namespace().isEmpty()) {
      metadata.put("namespace", desired.namespace());
    }
    // What has changed since, or is another one of this name, is a conflict.
    metadata.put("uid", desired.uid()).put("resourceVersion", desired.resourceVersion());
    return StringData.sent(desired, fields).map(texts -> with(body, texts)).map(KubeObject::new);
  }

  private static ObjectNode with(ObjectNode body, ObjectNode texts) {
    if (!texts.isEmpty()) {
      body.set(StringData.FIELD, texts);
    }
    return body;
  }

  /** Whether these places are known, and nobody else owns one of them. */
  private static boolean onlyOf(
      JsonNode entry, List<JsonNode> managers, Optional<List<List<String>>> places) {
    return places.isPresent()
        && managers.stream()
            .filter(other -> !sameManager(other, entry))
            .map(Fields::of)
            .noneMatch(fields -> places.get().stream().anyMatch(fields::touch));
  }

  /** The object without what the API server counts, and without who owns what. */
  private static JsonNode content(KubeObject object) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content.setAll(object.json());
    if (object.at("metadata") instanceof ObjectNode whole) {
      ObjectNode metadata = JsonNodeFactory.instance.objectNode();
      metadata.setAll(whole);
      metadata.remove(List.of("managedFields", "resourceVersion", "generation"));
      content.set("metadata", metadata);
    }
    return content;
  }

  private static boolean sameManager(JsonNode a, JsonNode b) {
    return List.of("manager", "operation", "apiVersion", "subresource").stream()
        .allMatch(field -> a.path(field).asText().equals(b.path(field).asText()));
  }

  /** What all other managers own, whenever they have written it. */
  private static Set<JsonNode> others(List<JsonNode> managers, JsonNode entry) {
    Set<JsonNode> others = new HashSet<>();
    for (JsonNode other : managers) {
      if (!sameManager(other, entry)) {
        ObjectNode timeless = JsonNodeFactory.instance.objectNode();
        timeless.setAll((ObjectNode) other);
        timeless.remove("time");
        others.add(timeless);
      }
    }
    return others;
  }
}
