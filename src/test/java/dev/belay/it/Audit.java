package dev.belay.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The API server's audit log, which has all requests of Belay and of nobody else. */
final class Audit {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Audit() {}

  /**
   * What Belay has asked for as itself since then, and had no right to; none where the control
   * plane was started without {@code BELAY_AUDIT=yes} and keeps no log.
   */
  static List<String> forbidden(Instant since) {
    List<String> forbidden = new ArrayList<>();
    Path log = log();
    if (Files.exists(log)) {
      try (Stream<String> lines = Files.lines(log)) {
        lines
            .filter(line -> line.contains("\"authorization.k8s.io/decision\":\"forbid\""))
            .map(Audit::read)
            .filter(event -> !event.has("impersonatedUser"))
            .filter(event -> at(event).isAfter(since))
            .forEach(
                event ->
                    forbidden.add(
                        event.path("verb").asText() + " " + event.path("requestURI").asText()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return forbidden;
  }

  private static Instant at(JsonNode event) {
    return Instant.parse(event.path("requestReceivedTimestamp").asText());
  }

  private static JsonNode read(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  private static Path log() {
    String cluster = System.getenv("BELAY_CLUSTER");
    return Path.of(
        System.getenv("BELAY_HOME"), cluster, "kwok/clusters", cluster, "logs/audit.log");
  }
}
