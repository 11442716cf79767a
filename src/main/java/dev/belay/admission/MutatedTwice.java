package dev.belay.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import dev.belay.cluster.ApiResponse;
import dev.belay.manifest.KubeObject;
import dev.belay.text.Digits;
import java.util.OptionalInt;

/**
 * The early gate sees an object that policies and other webhooks have changed already, and its
 * question has them change it once more. Where that does not end where it was, as with a container
 * that is added to each Deployment, the answer is about an object that nobody is going to store.
 */
final class MutatedTwice {

  /** How a MutatingAdmissionPolicy refuses; a validating one begins in a capital letter. */
  private static final Pattern BY_MUTATION =
      Pattern.compile("\\bpolicy '[^']+' with binding '[^']+' denied");

  private MutatedTwice() {}

  /** Whether this refusal is about what is not in the object that was asked about. */
  static boolean explains(ApiResponse refusal, KubeObject asked) {
    if (BY_MUTATION.matcher(refusal.message()).find()) {
      return true; // It has let the object pass before.
    }
    JsonNode causes = refusal.body().path("details").path("causes");
    for (JsonNode cause : causes) {
      if (!isBeyond(cause.path("field").asText(""), asked.json())) {
        return false;
      }
    }
    return !causes.isEmpty();
  }

  /**
   * Whether the path leads to an item that one of the object's lists does not have: {@code
   * spec.containers[2].name}.
   */
  private static boolean isBeyond(String path, JsonNode object) {
    JsonNode node = object;
    int at = 0;
    while (at < path.length()) {
      boolean bracket = path.charAt(at) == '[';
      int begin = bracket || path.charAt(at) == '.' ? at + 1 : at;
      int end = bracket ? path.indexOf(']', begin) : stepEnd(path, begin);
      if (end < 0) {
        return false; // No path.
      }
      String step = path.substring(begin, end);
      OptionalInt index =
          bracket && node.isArray() ? Digits.read(step, Digits.MAX) : OptionalInt.empty();
      if (index.isPresent() && index.getAsInt() >= node.size()) {
        return true;
      }
      node = index.isPresent() ? node.path(index.getAsInt()) : node.path(step);
      at = bracket ? end + 1 : end;
    }
    return false;
  }

  private static int stepEnd(String path, int from) {
    int at = from;
    while (at < path.length() && path.charAt(at) != '.' && path.charAt(at) != '[') {
      at++;
    }
    return at;
  }
}
