package dev.belay.admission;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.cluster.ApiResponse;
import dev.belay.manifest.KubeObject;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The early gate sees an object that policies and other webhooks have changed already, and its
 * question has them change it once more. Where that does not end where it was, as with a container
 * that is added to each Deployment, the answer is about an object that nobody is going to store.
 */
final class MutatedTwice {

  /** How a MutatingAdmissionPolicy refuses; a validating one is called so. */
  private static final Pattern BY_MUTATION =
      Pattern.compile("(?<!ValidatingAdmission)\\bpolicy '[^']+' with binding '[^']+' denied");

  private static final Pattern STEP = Pattern.compile("\\.?([^.\\[\\]]+)|\\[([^\\]]*)]");

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

  /** Whether the path leads to an item that one of the object's lists does not have. */
  private static boolean isBeyond(String path, JsonNode object) {
    JsonNode at = object;
    Matcher step = STEP.matcher(path);
    while (step.find()) {
      if (step.group(1) != null) {
        at = at.path(step.group(1));
      } else if (at.isArray() && step.group(2).matches("[0-9]{1,9}")) {
        int index = Integer.parseInt(step.group(2));
        if (index >= at.size()) {
          return true;
        }
        at = at.path(index);
      } else {
        at = at.path(step.group(2));
      }
    }
    return false;
  }
}
