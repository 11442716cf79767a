package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.JsonReader;
import dev.belay.text.Digits;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads what came over a connection. An answer is the API server's own when it is an object, or an
 * error with a {@code Status}: a proxy's error page is neither, and an answer that was cut off is
 * nothing at all.
 */
final class Answers {

  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  /** Nobody wants to be left alone for longer than days. */
  private static final int MAX_DIGITS = 6;

  /** Never before now. */
  private static final long NEVER = Long.MIN_VALUE;

  private final ServerClock clock;
  private final AtomicLong lastNanos = new AtomicLong(NEVER);

  Answers(ServerClock clock) {
    this.clock = clock;
  }

  /** How long ago the API server last answered anything; empty when it never did. */
  Optional<Duration> silence() {
    long last = lastNanos.get();
    return last == NEVER
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(System.nanoTime() - last));
  }

  /**
   * What the server has said.
   *
   * @param what was asked, for messages
   * @throws ClusterException when this is not its own answer, or can't be read; with the code where
   *     that says that something is overloaded or broken, else with 0
   */
  ApiResponse read(String what, String path, HttpResponse<byte[]> response) {
    int code = response.code();
    JsonNode body = parsed(response.body());
    boolean own =
        response.isSuccessful()
            ? body instanceof ObjectNode
            : body.path("kind").asText("").equals("Status");
    if (!own) {
      String message = "%s: HTTP %d with %s".formatted(what, code, described(response.body()));
      if (code == NOT_FOUND) {
        throw ClusterException.ofUnknownPath(message);
      }
      boolean trouble = code == TOO_MANY_REQUESTS || code >= SERVER_ERROR;
      throw new ClusterException(message, trouble ? code : 0, retryAfter(response));
    }
    heard(path, response);
    List<String> warnings = new ArrayList<>();
    for (String header : response.headers("Warning")) {
      warnings.add(WarningHeader.text(header));
    }
    return new ApiResponse(code, body, List.copyOf(warnings));
  }

  /** Missing where it can't be read. */
  private static JsonNode parsed(byte[] body) {
    try {
      return body == null ? MissingNode.getInstance() : JsonReader.read(body);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /** Why a body is no answer, without a word of it: it may hold secrets. */
  private static String described(byte[] body) {
    if (body == null || body.length == 0) {
      return "no body";
    }
    try {
      String kind = JsonReader.read(body).path("kind").asText("");
      return "a body that is no answer of the API server, of kind \"%s\"".formatted(kind);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Notes that the server has answered, and by its clock when. */
  void heard(String path, HttpResponse<byte[]> response) {
    lastNanos.set(System.nanoTime());
    // A proxy dates its own answers, and an aggregated API may have a clock of its own.
    if (isServedByItself(path) && response.header("Audit-Id") != null) {
      date(response.header("Date")).ifPresent(clock::heard);
    }
  }

  private static boolean isServedByItself(String path) {
    return path.startsWith("/api/") || path.startsWith("/apis/coordination.k8s.io/");
  }

  private static Optional<Instant> date(String header) {
    if (header == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header)));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** After how many seconds the server wants to be asked again; zero where it names none. */
  static Duration retryAfter(HttpResponse<byte[]> response) {
    String header = response.header("Retry-After");
    return header == null
        ? Duration.ZERO
        : Duration.ofSeconds(Digits.read(header, MAX_DIGITS).orElse(0));
  }
}
