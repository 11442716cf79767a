package dev.belay.admission;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.report.Bounded;
import dev.belay.text.Lines;
import java.util.ArrayList;
import java.util.List;

/**
 * The answer to a review.
 *
 * @param allowed whether the request may go on
 * @param summary what is refused, in a clause; empty when nothing is
 * @param message why not; empty when it may
 * @param causes one a finding, for clients that print nothing else
 * @param warnings what the client prints in any case
 * @param recorded whether a refusal is kept on the {@code Release}; one that only says to wait is
 *     not
 */
record Answer(
    boolean allowed,
    String summary,
    String message,
    List<Cause> causes,
    List<String> warnings,
    boolean recorded) {

  /** The API server cuts longer warnings (k8s.io/apiserver, endpoints/filters/warning.go). */
  static final int MAX_WARNING = 250;

  static final int MAX_WARNINGS = 10;
  static final int MAX_MESSAGE = 4_000;

  /** An answer that is too large is no answer: the API server would go on without it. */
  static final int MAX_CAUSES = 50;

  static final int MAX_FIELD = 500;
  private static final int FORBIDDEN = 403;
  private static final String WOULD_REFUSE = "Belay would refuse this: ";

  /** One reason of a refusal. */
  record Cause(String field, String message) {

    /** Both in one sentence: the API server's words often leave the field out. */
    String text() {
      return field.isEmpty() || message.contains(field) ? message : field + ": " + message;
    }
  }

  static Answer allow() {
    return allow(List.of());
  }

  static Answer allow(List<String> warnings) {
    return new Answer(true, "", "", List.of(), warnings, false);
  }

  static Answer deny(String summary, String message, List<Cause> causes, List<String> warnings) {
    return new Answer(false, summary, message, causes, warnings, true);
  }

  /** Not now: nothing is wrong with what was sent, or it has been told before. */
  static Answer locked(String message) {
    return new Answer(false, message, message, List.of(), List.of(), false);
  }

  /** Has failed before: told again, and put down, since what was sent with it is to be undone. */
  static Answer failedBefore(String message) {
    return new Answer(false, message, message, List.of(), List.of(), true);
  }

  /** What a namespace is told that is only observed: it may go on. A line for each cause. */
  Answer observed() {
    if (allowed) {
      return this;
    }
    List<String> told = new ArrayList<>();
    String all = WOULD_REFUSE + problems();
    if (all.length() <= MAX_WARNING) {
      told.add(all);
    } else {
      told.add(WOULD_REFUSE + summary);
      causes.forEach(cause -> told.add(cause.text()));
    }
    told.addAll(warnings);
    return allow(told);
  }

  /** What is wrong, without what becomes of it: that depends on whether it is refused. */
  String problems() {
    return causes.isEmpty()
        ? summary
        : summary + ": " + String.join("; ", causes.stream().map(Cause::text).toList());
  }

  /** The AdmissionReview to send back for the request with this uid. */
  ObjectNode toReview(String uid) {
    ObjectNode review = JsonNodeFactory.instance.objectNode();
    review.put("apiVersion", Review.API_VERSION).put("kind", "AdmissionReview");
    ObjectNode response = review.putObject("response");
    response.put("uid", uid).put("allowed", allowed);
    if (!allowed) {
      ObjectNode status = response.putObject("status");
      status.put("status", "Failure").put("code", FORBIDDEN).put("reason", "Forbidden");
      status.put("message", Bounded.text(message, MAX_MESSAGE));
      ArrayNode listed = status.putObject("details").putArray("causes");
      List<Cause> told = causes.isEmpty() ? List.of(new Cause("", message)) : causes;
      for (Cause cause : told.subList(0, Math.min(told.size(), MAX_CAUSES))) {
        listed
            .addObject()
            .put("reason", "FieldValueInvalid")
            .put("field", Bounded.text(cause.field(), MAX_FIELD))
            .put("message", Bounded.text(cause.message(), MAX_MESSAGE));
      }
    }
    if (!warnings.isEmpty()) {
      bounded(warnings).forEach(response.putArray("warnings")::add);
    }
    return review;
  }

  private static List<String> bounded(List<String> warnings) {
    List<String> told = warnings.stream().map(Answer::oneLine).distinct().toList();
    if (told.size() <= MAX_WARNINGS) {
      return told;
    }
    List<String> first = new ArrayList<>(told.subList(0, MAX_WARNINGS - 1));
    first.add("Belay has %d more to say of this".formatted(told.size() - first.size()));
    return first;
  }

  private static String oneLine(String text) {
    return Bounded.text(Lines.words(text), MAX_WARNING);
  }
}
