package dev.belay.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;

/** Refusals as the API server words them. */
public final class Refusing {

  private Refusing() {}

  /** An API server that is overloaded and wants to be left alone for so long. */
  public static ClusterException busy(Duration time) {
    ObjectNode status = status(429, "TooManyRequests", "");
    status.withObjectProperty("details").put("retryAfterSeconds", time.toSeconds());
    try {
      new ApiResponse(429, status, List.of()).orThrow("reading it");
      throw new AssertionError("429 is no success");
    } catch (ClusterException e) {
      return e;
    }
  }

  /** That the object of this name is not there. */
  public static ApiResponse notFound(String name) {
    return new ApiResponse(404, status(404, "NotFound", name), List.of());
  }

  /** An error with this code. */
  public static ApiResponse of(int code, String message) {
    return new ApiResponse(code, status(code, "", "").put("message", message), List.of());
  }

  static ObjectNode status(int code, String reason, String name) {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status").put("apiVersion", "v1").put("status", "Failure");
    status.put("code", code).put("reason", reason).put("message", reason + " " + name);
    status.putObject("details").put("name", name);
    return status;
  }
}
