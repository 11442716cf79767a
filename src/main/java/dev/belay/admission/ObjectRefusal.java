package dev.belay.admission;

import dev.belay.admission.Answer.Cause;
import dev.belay.cluster.ApiResponse;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.masking.Masking;
import dev.belay.membership.Marks;
import dev.belay.report.Bounded;
import dev.belay.report.Immutable;
import dev.belay.rollout.Declarative;
import dev.belay.validation.Finding;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client is told whose object is refused: the object, its release, why, what becomes of what
 * was sent with it, and the way out. As {@code Forbidden}: of an {@code Invalid} kubectl prints the
 * causes only (k8s.io/kubectl, pkg/cmd/util/helpers.go).
 */
final class ObjectRefusal {

  private static final String IS_INVALID = "\" is invalid: ";

  private ObjectRefusal() {}

  /** The refusal for these mistakes; allowed when there is none. */
  static Answer of(Review review, List<Finding> mistakes) {
    if (mistakes.isEmpty()) {
      return Answer.allow();
    }
    List<Cause> causes =
        mistakes.stream().map(mistake -> new Cause(mistake.field(), mistake.text())).toList();
    String problems = String.join("; ", causes.stream().map(Cause::message).toList());
    return refused(review, problems, causes);
  }

  /** The refusal in the words of the API server, which would have refused the object next. */
  static Answer of(Review review, ApiResponse response) {
    List<Cause> causes = new ArrayList<>();
    for (var cause : response.body().path("details").path("causes")) {
      causes.add(
          new Cause(
              cause.path("field").asText(""),
              Immutable.shortened(cause.path("message").asText(""))));
    }
    String words = words(response, review.object());
    return refused(review, words, causes.isEmpty() ? List.of(new Cause("", words)) : causes);
  }

  private static Answer refused(Review review, String problems, List<Cause> causes) {
    KubeObject object = review.object();
    Masking secrets = Masking.of(List.of(object, review.oldObject()));
    String release = Marks.known(object).map(name -> " of release " + name).orElse("");
    String summary = object.key().display() + release;
    String message =
        summary
            + Declarative.IS_REFUSED
            + Bounded.text(secrets.mask(problems), Answer.MAX_MESSAGE / 2)
            + Declarative.ADVICE
            + "kubectl label namespace %s belay.dev/mode=observe --overwrite). "
                .formatted(review.namespace())
            + siblings(review);
    List<Cause> masked =
        causes.stream()
            .map(cause -> new Cause(cause.field(), secrets.mask(cause.message())))
            .toList();
    return Answer.deny(summary, message.strip(), masked, List.of());
  }

  /** The server's words, without the name of the object when they begin with it. */
  private static String words(ApiResponse response, KubeObject object) {
    String message = response.message();
    // What is to be given a name has another one in each question.
    boolean generated = object.name().isEmpty();
    String begin = "\"" + (generated ? object.text("", "metadata", "generateName") : object.name());
    for (int at = message.indexOf(begin); at >= 0; at = message.indexOf(begin, at + 1)) {
      int end = at + begin.length();
      while (generated && end < message.length() && isGenerated(message.charAt(end))) {
        end++;
      }
      if (message.startsWith(IS_INVALID, end)) {
        return message.substring(end + IS_INVALID.length());
      }
    }
    return message;
  }

  private static boolean isGenerated(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private static String siblings(Review review) {
    boolean byHelm = review.fieldManager().startsWith("helm");
    if (review.dryRun()) {
      return ""; // Nothing was written.
    }
    String of = review.object().annotation(HelmStorage.NAMESPACE_ANNOTATION);
    if (!byHelm && !of.isEmpty() && !of.equals(review.namespace())) {
      return "Its release is in namespace %s, so what else was sent with it is not put back."
          .formatted(of);
    }
    if (byHelm) {
      return "What Helm has written before is put back, if the release has a stable revision.";
    }
    return Marks.release(review.object()).isPresent()
        ? "What else was sent with it is put back, if the release has a stable revision."
        : "It names no release: what else was sent with it is put back only where other objects tell which one it is of.";
  }
}
