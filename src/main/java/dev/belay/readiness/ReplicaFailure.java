package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.util.Optional;

/**
 * A ReplicaSet whose Pods the API server refuses: quota, Pod Security, a missing ServiceAccount, a
 * webhook. Tolerated for {@link Budget#podCreation}; for a quota also while old Pods are ending,
 * which count until they are gone, and while a rolling update goes on in it.
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
            && (subject.related().pods().stream().anyMatch(NewRevision::isBeingDeleted)
                || QuotaRoom.isMade(subject.object(), message)
                || (age.compareTo(subject.budget().quota()) < 0 && isEnd(subject, message)));
    if (!condition.path("status").asText().equals("True")
        || mayPass
        || age.compareTo(subject.budget().podCreation()) < 0) {
      return Optional.empty();
    }
    return Optional.of(
        Cause.ofObject(Reasons.PODS_REFUSED, subject.object().key(), sentence(condition)));
  }

  /** Whether no old Pods are left of a rolling update whose new ones all fit into the quota. */
  private static boolean isEnd(Subject subject, String message) {
    KubeObject deployment = subject.object();
    long all = deployment.number(0, "status", "replicas");
    return all > 0
        && all == deployment.number(0, "status", "updatedReplicas")
        && subject.related().replicaSets().stream()
                .filter(rs -> NewRevision.isOwner(deployment, rs))
                .count()
            > 1
        && QuotaRoom.fitAll(deployment, message);
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
