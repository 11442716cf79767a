package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.util.Optional;

/**
 * A ReplicaSet whose Pods the API server refuses: quota, Pod Security, a missing ServiceAccount, a
 * webhook. Tolerated for {@link Budget#podCreation}; for a quota also while old Pods are ending,
 * which count until they are gone.
 */
final class ReplicaFailure {

  private ReplicaFailure() {}

  /** The cause for this subject, read from the condition of the object given. */
  static Optional<Cause> of(Subject subject, KubeObject owner) {
    JsonNode condition = owner.condition("ReplicaFailure");
    String message = condition.path("message").asText();
    Duration age = Times.since(condition.path("lastTransitionTime").asText(), subject.now());
    boolean mayPass =
        message.contains("exceeded quota")
            && subject.related().pods().stream().anyMatch(NewRevision::isBeingDeleted);
    if (!condition.path("status").asText().equals("True")
        || mayPass
        || age.compareTo(subject.budget().podCreation()) < 0) {
      return Optional.empty();
    }
    return Optional.of(
        Cause.ofObject(Reasons.PODS_REFUSED, subject.object().key(), sentence(condition)));
  }

  /** The same sentence while it is tolerated; empty when Pods are not refused. */
  static String explanation(KubeObject owner) {
    JsonNode condition = owner.condition("ReplicaFailure");
    return condition.path("status").asText().equals("True") ? sentence(condition) : "";
  }

  private static String sentence(JsonNode condition) {
    return OneLine.join("its Pods can't be created", condition.path("message").asText());
  }
}
