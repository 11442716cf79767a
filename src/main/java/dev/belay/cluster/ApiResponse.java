package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.report.Immutable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the API server answered.
 *
 * @param code HTTP status
 * @param body the object, or the {@code Status} that explains an error
 * @param warnings texts of the {@code Warning} headers
 */
public record ApiResponse(int code, JsonNode body, List<String> warnings) {

  private static final String METADATA_LIST = "PartialObjectMetadataList";

  /** Far more than is told of any; what is looked for in a message is looked for in so much. */
  static final int MAX_MESSAGE_CHARS = 32 * 1024;

  public boolean ok() {
    return code >= 200 && code < 300;
  }

  /** Whether something is not there: the object, its namespace, or what it refers to. */
  public boolean notFound() {
    return code == 404;
  }

  /** Whether it says that the object of this name is not there. */
  public boolean isGone(String name) {
    return notFound()
        && reason().equals("NotFound")
        && body.path("details").path("name").asText("").equals(name);
  }

  /** A write was based on an older state, or the object to create is there already. */
  public boolean conflict() {
    return code == 409;
  }

  /** Whether the same may be answered otherwise in a moment: it is about the server. */
  public boolean isPassing() {
    return ClusterException.isPassing(code);
  }

  /** The reason of the {@code Status}, for example {@code Invalid}; empty when there is none. */
  public String reason() {
    return body.path("reason").asText("");
  }

  /**
   * The message of the {@code Status}, without pages of values, and at most {@value
   * #MAX_MESSAGE_CHARS} characters of it; the HTTP status where it has none. It may quote what a
   * user wrote.
   */
  public String message() {
    String message = Immutable.shortened(body.path("message").asText(""));
    if (message.isEmpty()) {
      return "HTTP " + code;
    }
    return message.length() <= MAX_MESSAGE_CHARS
        ? message
        : message.substring(0, MAX_MESSAGE_CHARS - 1) + "…";
  }

  public KubeObject object() {
    return KubeObject.of(body);
  }

  /**
   * This answer, when it is a success.
   *
   * @throws ClusterException when it is not
   */
  public ApiResponse orThrow(String doing) {
    if (ok()) {
      return this;
    }
    throw new ClusterException(doing + ": " + message(), code, retryAfter());
  }

  /** After which time the API server wants to be asked again; zero where it says none. */
  Duration retryAfter() {
    return Duration.ofSeconds(body.path("details").path("retryAfterSeconds").asLong(0));
  }

  /**
   * This answer, when it is a refusal or the object that was asked for.
   *
   * @param name of the object; empty where the API server makes one up
   * @throws ClusterException when it is a success that shows something else
   */
  ApiResponse whole(String kind, String name) {
    KubeObject object = object();
    boolean shown = object.kind().equals(kind) && (name.isEmpty() || object.name().equals(name));
    if (ok() && !shown) {
      throw new ClusterException(
          "the answer to a request for %s/%s is none: HTTP %d with kind \"%s\" and name \"%s\""
              .formatted(kind, name, code, object.kind(), object.name()),
          0);
    }
    return this;
  }

  /**
   * The items of this list, which do not say what they are.
   *
   * @param kind of the items; a list of metadata says none
   * @throws ClusterException when it is no success, or no list of this kind: that says nothing
   *     about what there is
   */
  List<JsonNode> items(String doing, String kind) {
    JsonNode list = orThrow(doing).body();
    String said = list.path("kind").asText("");
    JsonNode items = list.path("items");
    // An empty list of metadata has null for its items.
    boolean whole = items.isArray() || items.isNull();
    if (!whole || !(said.equals(METADATA_LIST) || said.equals(kind + "List"))) {
      throw new ClusterException(
          "%s: the answer is no %sList: HTTP %d with kind \"%s\""
              .formatted(doing, kind, code, said),
          0);
    }
    List<JsonNode> all = new ArrayList<>();
    items.forEach(all::add);
    return all;
  }

  /** By what the next part of a list is asked for; empty where this is its end. */
  String continues() {
    return body.path("metadata").path("continue").asText("");
  }
}
