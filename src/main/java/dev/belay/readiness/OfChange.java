package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/**
 * Whether a failure is one of the change that began at a time, or was there before: the change may
 * be what is to cure it.
 *
 * <p>Two things have to be true. The object's spec was written since; and what shows the failure
 * came to be since: the Pod was created, or Pods were refused. A workload that the change leaves as
 * it is counts as neither, though a new ConfigMap may well be what its Pods fail of now.
 *
 * <p>All times are the API server's, in whole seconds.
 */
public final class OfChange {

  private OfChange() {}

  /** The readiness; where it failed before the change, it is only in progress. */
  public static Readiness judge(
      Readiness readiness, KubeObject live, Related related, Instant begun) {
    return switch (readiness) {
      case Current current -> current;
      case InProgress inProgress ->
          inProgress
              .wrong()
              .filter(trouble -> !isNew(trouble.cause(), live, related, begun))
              .map(trouble -> notOfChange(trouble.cause()))
              .orElse(inProgress);
      case Failed failed ->
          isNew(failed.cause(), live, related, begun) ? failed : notOfChange(failed.cause());
    };
  }

  private static boolean isNew(Cause cause, KubeObject live, Related related, Instant begun) {
    return isWritten(live, begun) && isShown(cause, live, related, begun);
  }

  private static InProgress notOfChange(Cause cause) {
    return new InProgress("not of this change: " + cause.message());
  }

  /**
   * Whether somebody wrote the spec since then. Controllers write status, or through subresources,
   * or annotations only; a write that changes nothing leaves the time as it is.
   */
  static boolean isWritten(KubeObject live, Instant begun) {
    return live.list("metadata", "managedFields").stream()
        .filter(entry -> entry.path("subresource").asText().isEmpty())
        .filter(entry -> entry.path("fieldsV1").has("f:spec"))
        .anyMatch(entry -> isSince(entry.path("time"), begun));
  }

  /** Whether somebody has deleted it since then, though a finalizer or its Pods hold it. */
  static boolean isDeleted(KubeObject live, Instant begun) {
    String gone = live.text("", "metadata", "deletionTimestamp");
    long grace = live.number(0, "metadata", "deletionGracePeriodSeconds");
    return !gone.isEmpty() && !Times.parse(gone).minusSeconds(grace).isBefore(begun);
  }

  private static boolean isShown(Cause cause, KubeObject live, Related related, Instant begun) {
    if (live.kind().equals("Pod")) {
      return isSince(live.at("metadata", "creationTimestamp"), begun);
    }
    if (!cause.pod().isEmpty()) {
      return related.pods().stream()
          .filter(pod -> pod.name().equals(cause.pod()))
          .anyMatch(pod -> isSince(pod.at("metadata", "creationTimestamp"), begun));
    }
    if (cause.reason().equals(Reasons.PODS_REFUSED)) {
      Optional<KubeObject> owner =
          live.kind().equals("Deployment")
              ? NewRevision.replicaSet(live, related)
              : Optional.of(live);
      return owner.isPresent()
          && isSince(owner.get().condition("ReplicaFailure").path("lastTransitionTime"), begun);
    }
    return true;
  }

  private static boolean isSince(JsonNode time, Instant begun) {
    try {
      return !Instant.parse(time.asText()).isBefore(begun);
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
