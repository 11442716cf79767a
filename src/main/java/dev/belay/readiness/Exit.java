package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;

/** How a container ended, in words. */
final class Exit {

  /** Exit codes above 128 are 128 + signal. */
  static final int SIGKILL = 137;

  static final int SIGTERM = 143;

  /** What containerd writes where it does not know how a container ended. */
  static final int UNKNOWN = 255;

  private Exit() {}

  static boolean isOutOfMemory(JsonNode ended) {
    return ended.path("reason").asText().equals("OOMKilled");
  }

  /** Whether it ended with a code that tells of an error; -1 tells that the code is not known. */
  static boolean isError(JsonNode ended) {
    return ended.path("exitCode").asInt() > 0;
  }

  /** When the run began that ended so; a container that could not be started has no such time. */
  static Instant startedAt(JsonNode ended) {
    Instant started = Times.parse(ended.path("startedAt").asText());
    return started.isAfter(Instant.EPOCH) ? started : finishedAt(ended);
  }

  static Instant finishedAt(JsonNode ended) {
    return Times.parse(ended.path("finishedAt").asText());
  }

  /** How long it ran. */
  static Duration run(JsonNode ended) {
    return Duration.between(startedAt(ended), finishedAt(ended));
  }

  static boolean isNotStarted(JsonNode ended) {
    String reason = ended.path("reason").asText();
    return reason.equals("StartError") || reason.equals("ContainerCannotRun");
  }

  /**
   * Whether the runtime could not start it, and does not say that this is the image's fault: such
   * trouble comes and goes with its node. The text decides, not the code.
   */
  static boolean isNotStartedByNode(JsonNode ended) {
    return isNotStarted(ended) && !RuntimeSaid.isOfTheImage(ended.path("message").asText());
  }

  /**
   * One sentence: {@code container web exited 3: cannot connect to db}.
   *
   * @param memoryLimit as it is written in the Pod; empty if none
   */
  static String describe(Container container, String memoryLimit) {
    JsonNode ended = container.ended();
    String message = ended.path("message").asText();
    String said = isNotStarted(ended) ? RuntimeSaid.of(message) : message;
    String what = container.display() + " " + verb(ended, memoryLimit);
    if (!OneLine.of(said).isEmpty()) {
      return OneLine.join(what, said);
    }
    return switch (container.restarts()) {
      case 0 -> what + Cause.WITHOUT_MESSAGE;
      case 1 -> what + ", after one restart" + Cause.WITHOUT_MESSAGE;
      default -> what + ", after " + container.restarts() + " restarts" + Cause.WITHOUT_MESSAGE;
    };
  }

  private static String verb(JsonNode ended, String memoryLimit) {
    if (isOutOfMemory(ended)) {
      return "was killed (out of memory"
          + (memoryLimit.isEmpty() ? ")" : "; its limit is " + memoryLimit + ")");
    }
    if (isNotStarted(ended)) {
      return "can't be started";
    }
    if (!ended.path("exitCode").isIntegralNumber()) {
      return "keeps ending";
    }
    int code = ended.path("exitCode").intValue();
    return switch (code) {
      case 0 -> "exited 0, though it has to keep running";
      case 126 -> "exited 126 (its command can't be executed)";
      case 127 -> "exited 127 (its command was not found)";
      case 132 -> "exited 132 (SIGILL)";
      case 134 -> "exited 134 (SIGABRT)";
      case 135 -> "exited 135 (SIGBUS)";
      case SIGKILL -> "was killed (SIGKILL, exit code 137)";
      case 139 -> "exited 139 (SIGSEGV)";
      case SIGTERM -> "was ended (SIGTERM, exit code 143)";
      default -> "exited " + code;
    };
  }
}
