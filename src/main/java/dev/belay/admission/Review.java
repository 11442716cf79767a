package dev.belay.admission;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.re2j.Pattern;
import dev.belay.cluster.Actor;
import dev.belay.manifest.KubeObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;

/**
 * An AdmissionReview request, read as a tree: a wrong type deep inside the object is the API
 * server's to complain about, and must not keep the answer from carrying the request's uid.
 *
 * <p>Bounds: nesting {@value #MAX_DEPTH}, as deep as the API server's own reader; {@value
 * #MAX_TOKENS} tokens. The size is bounded by the HTTP server before this is called.
 *
 * @param uid to be echoed
 * @param request the request
 */
record Review(String uid, JsonNode request) {

  static final String API_VERSION = "admission.k8s.io/v1";
  static final int MAX_DEPTH = 10_000;

  /**
   * One for each seven bytes of the longest review, where real ones have one for ten. Of the
   * smallest tokens, 7 MiB would take thirty times that in memory.
   */
  static final int MAX_TOKENS = 1_000_000;

  /** As Jackson names a place in a message. */
  private static final Pattern PLACE =
      Pattern.compile("\\[Source: [^\\]]*; (line: \\d+, column: \\d+)]");

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxTokenCount(MAX_TOKENS)
                          .maxStringLength(16 * 1024 * 1024)
                          // Names of variables have no bound, and are names in managedFields.
                          .maxNameLength(16 * 1024 * 1024)
                          .build())
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  /**
   * Reads a review, as it arrives: the text and its tree are never both in memory.
   *
   * @throws BadReview when it is none; the message says what is missing
   */
  static Review read(InputStream body) throws BadReview {
    JsonNode review;
    try (JsonParser parser = JSON.createParser(body)) {
      review = ReviewTree.read(parser);
    } catch (JsonProcessingException e) {
      throw new BadReview("the body is not JSON: " + said(e));
    } catch (IOException e) {
      throw new BadReview("the body can't be read as JSON");
    }
    if (review.isMissingNode()) {
      throw new BadReview("the body is empty; an AdmissionReview in JSON is expected");
    }
    if (!review.path("kind").asText().equals("AdmissionReview")
        || !review.path("apiVersion").asText().equals(API_VERSION)) {
      throw new BadReview("the body is no AdmissionReview of " + API_VERSION);
    }
    JsonNode request = review.path("request");
    String uid = request.path("uid").asText("");
    if (!request.isObject() || uid.isEmpty()) {
      throw new BadReview("the AdmissionReview has no request.uid");
    }
    return new Review(uid, request);
  }

  /** Where and why, without how Jackson says that it does not show the text. */
  private static String said(JsonProcessingException e) {
    String why = PLACE.matcher(e.getOriginalMessage()).replaceAll("$1");
    JsonLocation at = e.getLocation();
    return at == null
        ? why
        : "%s (line: %d, column: %d)".formatted(why, at.getLineNr(), at.getColumnNr());
  }

  String namespace() {
    return request.path("namespace").asText("");
  }

  String operation() {
    return request.path("operation").asText("");
  }

  KubeObject object() {
    return KubeObject.of(request.path("object"));
  }

  /** The object as it is stored; empty for a CREATE. */
  KubeObject oldObject() {
    return KubeObject.of(request.path("oldObject"));
  }

  /** Whether the client only asks what would happen. */
  boolean dryRun() {
    return request.path("dryRun").asBoolean(false);
  }

  Actor actor() {
    return Actor.of(request.path("userInfo"));
  }

  /**
   * As what the client writes fields: as it says, or else as the API server takes from the name of
   * its program, which is then the manager that the stored object does not have. Empty where
   * neither tells.
   */
  String fieldManager() {
    String said = request.path("options").path("fieldManager").asText("");
    return said.isEmpty() ? managerOfThisWrite() : said;
  }

  private String managerOfThisWrite() {
    List<JsonNode> before = oldObject().list("metadata", "managedFields");
    return object().list("metadata", "managedFields").stream()
        .filter(entry -> entry.path("subresource").asText("").isEmpty())
        .filter(entry -> !before.contains(entry))
        .max(Comparator.comparing(entry -> entry.path("time").asText("")))
        .map(entry -> entry.path("manager").asText(""))
        .orElse("");
  }

  /** What is posted is no review. */
  static final class BadReview extends Exception {
    private static final long serialVersionUID = 1;

    BadReview(String message) {
      super(message);
    }
  }
}
