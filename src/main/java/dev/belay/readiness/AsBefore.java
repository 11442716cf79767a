package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.api.Baseline;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Whether what an object lacks comes of the change that is judged. It does not where the object was
 * as unready before and the change leaves it alone; and where all that is missing are Pods that no
 * node has room for, though the change itself has had its room: somebody has scaled since, a node
 * is drained or lost, a DaemonSet's node was full before.
 *
 * <p>A Pod that runs and fails is never excused: that is its template's doing.
 */
public final class AsBefore {

  private AsBefore() {}

  /**
   * The readiness; Current where what is lacking is not the change's.
   *
   * @param baseline how the object was when the change was first seen
   * @param begun when the change began
   * @param undone whether the change is undone, or was: that the Pods of a template have once been
   *     available says nothing of what is restored
   */
  public static Readiness judge(
      Readiness readiness,
      KubeObject live,
      Related related,
      Baseline baseline,
      Instant begun,
      boolean undone,
      Instant now) {
    if (readiness instanceof Current || NewRevision.isBeingDeleted(live)) {
      return readiness;
    }
    if (!baseline.ready() && !OfChange.isWritten(live, begun)) {
      return new Current("As unready as before the change: " + readiness.message());
    }
    List<KubeObject> pods =
        NewRevision.pods(live, related).stream().filter(AsBefore::isAlive).toList();
    boolean excused =
        isSeen(live)
            && isLackOfRoom(readiness, isScaledUp(live, baseline))
            && pods.stream().allMatch(pod -> isReady(pod) || hasNoNode(pod, live))
            && hasNoOthers(live, pods, related)
            && hasHadItsRoom(live, pods, related, baseline, undone, now);
    return excused ? new Current("No room for more Pods now: " + readiness.message()) : readiness;
  }

  /** Until its controller has seen the change, its status and its Pods are those of before. */
  private static boolean isSeen(KubeObject live) {
    return live.number(0, "status", "observedGeneration") >= live.generation();
  }

  /**
   * Whether all Pods that it owns itself are of its newest template: a StatefulSet that goes back
   * to an earlier one does not count those of the failed one.
   */
  private static boolean hasNoOthers(KubeObject live, List<KubeObject> pods, Related related) {
    return related.pods().stream()
        .filter(pod -> NewRevision.isOwner(live, pod) && !NewRevision.isBeingDeleted(pod))
        .filter(AsBefore::isAlive)
        .allMatch(pods::contains);
  }

  /** A quota is room too, for what somebody else asks for. */
  private static boolean isLackOfRoom(Readiness readiness, boolean scaledUp) {
    return switch (readiness) {
      case Current current -> false;
      case InProgress inProgress -> true;
      case Failed failed ->
          failed.cause().reason().equals(Reasons.PROGRESS_DEADLINE_EXCEEDED)
              || (scaledUp && failed.cause().reason().equals(Reasons.PODS_REFUSED));
    };
  }

  /**
   * How the object is, for the judgement of what comes after. What the change has written, or
   * deleted, by then is taken for what was ready: that it is not any more is the change's doing,
   * and once it is restored nothing would show that it was written.
   */
  public static Baseline baseline(KubeObject live, Readiness readiness, Instant begun) {
    boolean daemons = live.key().groupKind().equals("DaemonSet.apps");
    boolean scales = isScalable(live);
    boolean written = OfChange.isWritten(live, begun) || OfChange.isDeleted(live, begun);
    long pods =
        daemons ? live.number(0, "status", "desiredNumberScheduled") : scales ? live.replicas() : 0;
    long available =
        written
            ? pods
            : daemons
                ? live.number(0, "status", "numberAvailable")
                : scales ? live.number(0, "status", "availableReplicas") : 0;
    return new Baseline(
        live.key().toString(),
        (int) pods,
        (int) available,
        written || readiness instanceof Current);
  }

  private static boolean isScalable(KubeObject live) {
    return switch (live.key().groupKind()) {
      case "Deployment.apps", "StatefulSet.apps", "ReplicaSet.apps" -> true;
      default -> false;
    };
  }

  /**
   * Whether as many of its new Pods are, or have been, available as the change can be asked for.
   */
  private static boolean hasHadItsRoom(
      KubeObject live,
      List<KubeObject> pods,
      Related related,
      Baseline baseline,
      boolean undone,
      Instant now) {
    long available = pods.stream().filter(pod -> isAvailable(pod, live, now)).count();
    if (live.key().groupKind().equals("DaemonSet.apps")) {
      return available > 0 && available >= baseline.available();
    }
    if (!isScalable(live)) {
      return false;
    }
    if (isScaledUp(live, baseline)) {
      return available >= (baseline.ready() ? baseline.pods() : baseline.available());
    }
    long wanted = live.replicas();
    // A Pod that is not even there may be one that is refused.
    return wanted <= baseline.pods()
        && pods.size() >= wanted
        && isAlone(live)
        && ((!undone && wasComplete(live, related))
            || (!baseline.ready() && available > 0 && available >= baseline.available()));
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
    // Of a node that is lost only the Pod's own condition is changed (MarkPodsNotReady).
    boolean lost =
        Generic.isTrue(pod.condition("ContainersReady"))
            && pod.list("spec", "readinessGates").isEmpty();
    return untaken || lost;
  }
}
