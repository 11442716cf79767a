package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.Baseline;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.AsBefore.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Whether all that a workload lacks are Pods that no node has room for, though the change itself
 * has had its room: somebody has scaled since, a node is drained or lost, a DaemonSet's node was
 * full before.
 *
 * <p>A Pod that runs and fails is never excused: that is its template's doing.
 */
final class Room {

  private Room() {}

  static boolean isAllThatLacks(
      Readiness readiness,
      KubeObject live,
      Related related,
      Baseline baseline,
      Change change,
      Instant now) {
    List<KubeObject> pods = NewRevision.pods(live, related).stream().filter(Room::isAlive).toList();
    return isSeen(live)
        && isLackOfRoom(readiness, isScaledUp(live, baseline))
        && pods.stream().allMatch(pod -> isReady(pod) || hasNoNode(pod, live))
        && hasNoOthers(live, pods, related)
        && hasHadItsRoom(live, pods, related, baseline, change, now);
  }

  /**
   * Whether the change asks for more Pods than there were: itself, or through an autoscaler, which
   * may have scaled before anything was noted.
   */
  static boolean isAskedForMore(KubeObject live, Baseline baseline, Change change) {
    boolean itself =
        isScalable(live) && !isScaledUp(live, baseline) && live.replicas() > baseline.pods();
    return itself
        || (change.asksFor() >= live.replicas() && change.asksFor() > baseline.available());
  }

  /** Until its controller has seen the change, its status and its Pods are those of before. */
  static boolean isSeen(KubeObject live) {
    return live.number(0, "status", "observedGeneration") >= live.generation();
  }

  static boolean isScalable(KubeObject live) {
    return switch (live.key().groupKind()) {
      case "Deployment.apps", "StatefulSet.apps", "ReplicaSet.apps" -> true;
      default -> false;
    };
  }

  /**
   * Whether all Pods that it owns itself are of its newest template: a StatefulSet that goes back
   * to an earlier one does not count those of the failed one.
   */
  private static boolean hasNoOthers(KubeObject live, List<KubeObject> pods, Related related) {
    return related.pods().stream()
        .filter(pod -> NewRevision.isOwner(live, pod) && !NewRevision.isBeingDeleted(pod))
        .filter(Room::isAlive)
        .allMatch(pods::contains);
  }

  /** A quota is room too, for what somebody else asks for. */
  private static boolean isLackOfRoom(Readiness readiness, boolean scaledUp) {
    return switch (readiness) {
      case Current current -> false;
      case InProgress inProgress ->
          inProgress.wrong().map(trouble -> isRoom(trouble.cause(), scaledUp)).orElse(true);
      case Failed failed -> isRoom(failed.cause(), scaledUp);
    };
  }

  private static boolean isRoom(Cause cause, boolean scaledUp) {
    return cause.reason().equals(Reasons.PROGRESS_DEADLINE_EXCEEDED)
        || (scaledUp && cause.reason().equals(Reasons.PODS_REFUSED));
  }

  /**
   * Whether as many of its new Pods are, or have been, available as the change can be asked for.
   */
  private static boolean hasHadItsRoom(
      KubeObject live,
      List<KubeObject> pods,
      Related related,
      Baseline baseline,
      Change change,
      Instant now) {
    long available = pods.stream().filter(pod -> isAvailable(pod, live, now)).count();
    if (live.key().groupKind().equals("DaemonSet.apps")) {
      return available > 0 && available >= baseline.available();
    }
    if (!isScalable(live)) {
      return false;
    }
    if (available < change.asksFor()) {
      return false;
    }
    if (isScaledUp(live, baseline)) {
      return available >= (baseline.ready() ? baseline.pods() : baseline.available());
    }
    long wanted = live.replicas();
    // A Pod that is not even there may be one that is refused.
    if (pods.size() < wanted) {
      return false;
    }
    long lost = pods.stream().filter(pod -> !isReady(pod) && isLost(pod)).count();
    boolean wereAllReady = lost > 0 && available + lost == pods.size();
    boolean asBefore = !baseline.ready() && available > 0 && available >= baseline.available();
    return (!change.undone() && wereAllReady)
        || (wanted <= baseline.pods()
            && isAlone(live)
            && (asBefore || (!change.undone() && wasComplete(live, related))));
  }

  /** Whether there are to be more Pods than before, as nobody wishes but whoever scales. */
  private static boolean isScaledUp(KubeObject live, Baseline baseline) {
    return isScalable(live)
        && live.replicas() > baseline.pods()
        && live.list("metadata", "managedFields").stream()
            .filter(entry -> entry.path("fieldsV1").path("f:spec").has("f:replicas"))
            .allMatch(entry -> entry.path("subresource").asText().equals("scale"));
  }

  /** Whether no Pod of an earlier template is left: it may be that the new ones found no room. */
  private static boolean isAlone(KubeObject live) {
    return live.number(0, "status", "replicas") == live.number(0, "status", "updatedReplicas");
  }

  /**
   * Whether all Pods of the newest template have been available at once. The controllers keep
   * saying so, whatever becomes of the Pods (deployment/progress.go, syncRolloutStatus;
   * statefulset/stateful_set_utils.go, completeRollingUpdate).
   */
  private static boolean wasComplete(KubeObject live, Related related) {
    if (live.key().groupKind().equals("StatefulSet.apps")) {
      String revision = live.text("", "status", "updateRevision");
      return !revision.isEmpty() && revision.equals(live.text("", "status", "currentRevision"));
    }
    JsonNode progressing = live.condition("Progressing");
    return Generic.isTrue(progressing)
        && progressing.path("reason").asText().equals("NewReplicaSetAvailable")
        && NewRevision.replicaSet(live, related)
            .filter(rs -> progressing.path("message").asText().contains("\"" + rs.name() + "\""))
            .isPresent();
  }

  /** One that was evicted is kept to be looked at; another one has its place. */
  private static boolean isAlive(KubeObject pod) {
    return !pod.text("", "status", "phase").equals("Failed");
  }

  private static boolean isReady(KubeObject pod) {
    return Generic.isTrue(pod.condition("Ready"));
  }

  private static boolean isAvailable(KubeObject pod, KubeObject workload, Instant now) {
    Duration ready = Times.since(pod.condition("Ready").path("lastTransitionTime").asText(), now);
    return isReady(pod) && ready.toSeconds() >= workload.number(0, "spec", "minReadySeconds");
  }

  /** Whether the scheduler has no node for it, or its kubelet is gone. */
  private static boolean hasNoNode(KubeObject pod, KubeObject workload) {
    if (pod.text("", "spec", "nodeName").isEmpty()) {
      return true;
    }
    // A DaemonSet's Pod is given to its node whether anybody is at work there or not.
    boolean untaken =
        workload.kind().equals("DaemonSet") && pod.text("", "status", "startTime").isEmpty();
    return untaken || isLost(pod);
  }

  /**
   * Whether it was ready when its node was lost: only the Pod's own condition is changed then
   * (MarkPodsNotReady). Its controller goes on without it once it is given up, after five minutes
   * by default.
   */
  private static boolean isLost(KubeObject pod) {
    return Generic.isTrue(pod.condition("ContainersReady"))
        && pod.list("spec", "readinessGates").isEmpty();
  }
}
