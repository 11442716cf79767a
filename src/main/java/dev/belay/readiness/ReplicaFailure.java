package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A ReplicaSet whose Pods the API server refuses: quota, Pod Security, a missing ServiceAccount, a
 * webhook. Who refuses them decides how certain that is. A quota has room again once old Pods are
 * gone, which count until then, and while a rolling update goes on in it.
 */
final class ReplicaFailure {

  /**
   * How long a quota may refuse Pods at the end of a rolling update whose Pods all fit: the
   * ReplicaSet that was refused while old ones were there tries again late.
   */
  private static final Duration QUOTA = Duration.ofMinutes(2);

  /**
   * Nothing but another Pod template, or another level for the namespace, changes that. The API
   * server itself begins so; a webhook that says the same words may have another opinion tomorrow.
   */
  private static final Pattern CERTAIN =
      Pattern.compile(
          "^(?:Pod \"[^\"]*\" is invalid: |pods \"[^\"]*\" is forbidden: violates PodSecurity )");

  /**
   * Nobody has refused them: something does not answer, or is not there yet
   * (plugin/pkg/admission/serviceaccount, priority and runtimeclass of v1.37.2).
   */
  private static final List<String> MAY_COME =
      List.of(
          "failed calling webhook",
          "failed calling admission webhook",
          "error looking up service account",
          "no API token found for service account",
          "no PriorityClass with name",
          "RuntimeClass \"",
          "not yet ready to handle request",
          "because it is being terminated");

  private ReplicaFailure() {}

  /** The trouble of this subject, read from the condition of the object given. */
  static Optional<Trouble> of(Subject subject, KubeObject owner) {
    JsonNode condition = owner.condition("ReplicaFailure");
    if (!condition.path("status").asText().equals("True")) {
      return Optional.empty();
    }
    String message = condition.path("message").asText();
    Cause cause = Cause.ofObject(Reasons.PODS_REFUSED, subject.object().key(), sentence(condition));
    if (CERTAIN.matcher(message).find()) {
      return Optional.of(Trouble.certain(cause));
    }
    boolean refused = message.contains("is forbidden: ") || message.contains("denied the request");
    boolean mayPass =
        !refused
            || MAY_COME.stream().anyMatch(message::contains)
            || hasRoomLater(subject, condition);
    return Optional.of(mayPass ? Trouble.mayPass(cause) : new Trouble(cause, new Trouble.Denied()));
  }

  private static boolean hasRoomLater(Subject subject, JsonNode condition) {
    String message = condition.path("message").asText();
    Duration age = Times.since(condition.path("lastTransitionTime").asText(), subject.now());
    return message.contains("exceeded quota")
        && (subject.related().pods().stream().anyMatch(NewRevision::isBeingDeleted)
            || QuotaRoom.isMade(subject.object(), message)
            || (age.compareTo(QUOTA) < 0 && isEnd(subject, message)));
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
