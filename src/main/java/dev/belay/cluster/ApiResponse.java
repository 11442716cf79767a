package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.report.Immutable;
import java.util.List;

/**
 * What the API server answered.
 *
 * @param code HTTP status
 * @param body the object, or the {@code Status} that explains an error
 * @param warnings texts of the {@code Warning} headers
 */
public record ApiResponse(int code, JsonNode body, List<String> warnings) {

  /** Far more than is told of any; what is looked for in a message is looked for in so much. */
  static final int MAX_MESSAGE_CHARS = 32 * 1024;

  public boolean ok() {
    return code >= 200 && code < 300;
  }

  public boolean notFound() {
    return code == 404;
  }

  /** A write was based on an older state, or the object to create is there already. */
  public boolean conflict() {
    return code == 409;
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
    throw new ClusterException(doing + ": " + message(), code);
  }
}
