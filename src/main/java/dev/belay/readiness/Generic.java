package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.Optional;

/** The checks that are the same for all kinds, in the order of kstatus (generic.go). */
final class Generic {

  private Generic() {}

  /** A judgement that needs no knowledge of the kind; empty when the kind has to say. */
  static Optional<Readiness> before(Subject subject) {
    KubeObject object = subject.object();
    long observed = object.number(object.generation(), "status", "observedGeneration");
    if (object.generation() != 0 && observed != object.generation()) {
      return Optional.of(
          new InProgress(
              "Generation %d is not seen by its controller yet".formatted(object.generation())));
    }
    JsonNode reconciling = object.condition("Reconciling");
    if (isTrue(reconciling)) {
      return Optional.of(new InProgress(said("Reconciling", reconciling)));
    }
    JsonNode stalled = object.condition("Stalled");
    boolean own = stalled.path("reason").asText().startsWith(Assess.OWN_REASON_PREFIX);
    if (isTrue(stalled) && !own) {
      return Optional.of(subject.failed(Reasons.STALLED, said("Stalled", stalled)));
    }
    return Optional.empty();
  }

  /** A workload that its controller has not seen at all has no status that could be believed. */
  static KindRule observed(KindRule rule) {
    return subject ->
        subject.object().at("status", "observedGeneration").isIntegralNumber()
            ? rule.judge(subject)
            : new InProgress("Not seen by its controller yet");
  }

  /** By the condition Ready; an object without it is Current as soon as it exists. */
  static Readiness byReady(Subject subject) {
    JsonNode ready = subject.object().condition("Ready");
    if (ready.isMissingNode()) {
      return new Current("Exists");
    }
    long observed = ready.path("observedGeneration").asLong(subject.object().generation());
    if (observed < subject.object().generation()) {
      return new InProgress("Ready was not judged since the last change");
    }
    return isTrue(ready) ? new Current("Ready") : new InProgress(said("Not ready", ready));
  }

  static boolean isTrue(JsonNode condition) {
    return condition.path("status").asText().equals("True");
  }

  static boolean isFalse(JsonNode condition) {
    return condition.path("status").asText().equals("False");
  }

  /** {@code Not ready: the certificate is not issued}, or its reason when there is no message. */
  static String said(String word, JsonNode condition) {
    String message = condition.path("message").asText();
    return OneLine.join(word, message.isBlank() ? condition.path("reason").asText() : message);
  }
}
