package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * A container that exits again and again.
 *
 * <p>A container that runs and is ready has recovered, however often it was restarted. One that
 * exits with code 0 is a crash loop too when the kubelet backs off: the workload needs it to run.
 *
 * <p>A Pod that is older than the change may have been restarted often in its life. There a moment
 * without readiness is no crash, and one crash no loop: the kubelet has to back off, and from a run
 * that ended since.
 */
final class CrashLoop {

  private CrashLoop() {}

  /**
   * The trouble of this container; empty where it has none of this kind.
   *
   * @param pods all Pods of the template: the exits of all of them count
   */
  static Optional<Trouble> of(NewPod pod, Container container, List<NewPod> pods) {
    boolean byNode = Exit.isNotStartedByNode(container.ended());
    if ((container.exits() == 0 && !byNode)
        || !(pod.isOlder() ? hasBegunToLoop(pod, container) : isLooping(container))) {
      return Optional.empty();
    }
    Cause cause = cause(pod, container);
    boolean init = container.role() == Container.Role.INIT;
    return Optional.of(
        ExitCounts.of(pods, container.name())
            .filter(counts -> !byNode)
            .map(counts -> new Trouble(cause, new Trouble.Exits(container.name(), init, counts)))
            .orElse(Trouble.mayPass(cause)));
  }

  /**
   * What is to be said of a container of a Pod that is older than the change, though that may have
   * been as bad before; empty where there is nothing.
   */
  static Optional<Cause> old(NewPod pod, Container container) {
    boolean told =
        pod.isOlder()
            && container.exits() > 0
            && (backsOff(container) || (isSince(pod, container) && isLooping(container)));
    return told ? Optional.of(cause(pod, container)) : Optional.empty();
  }

  private static Cause cause(NewPod pod, Container container) {
    String probe = failedProbe(pod, container);
    if (!probe.isEmpty()) {
      String message = container.display() + " was restarted, since its probe failed";
      return pod.cause(Reasons.PROBE_FAILED, container, OneLine.join(message, probe));
    }
    return pod.cause(
        Exit.isOutOfMemory(container.ended()) ? Reasons.OUT_OF_MEMORY : Reasons.CRASH_LOOP,
        container,
        Exit.describe(container, pod.memoryLimit(container.name())));
  }

  private static boolean hasBegunToLoop(NewPod pod, Container container) {
    return isSince(pod, container) && backsOff(container);
  }

  /** Whether it last exited since the change began. */
  private static boolean isSince(NewPod pod, Container container) {
    JsonNode ended = container.ended();
    return ended.path("finishedAt").asText().isEmpty() || pod.hasSeen(ended);
  }

  private static boolean backsOff(Container container) {
    return container.waitingReason().equals("CrashLoopBackOff");
  }

  /** One that ends with 0 is told to back off for a moment only, just before it is restarted. */
  private static boolean isLooping(Container container) {
    boolean endsAgain =
        container.role() != Container.Role.INIT
            && container.terminated()
            && container.restarts() > 0;
    return backsOff(container)
        || endsAgain
        || (Exit.isError(container.ended()) && !(container.running() && container.ready()));
  }

  /**
   * What the liveness or startup probe said for which the kubelet killed the container; empty when
   * it ended by itself. A container that is told to end may well exit with 0.
   */
  private static String failedProbe(NewPod pod, Container container) {
    RelatedEvents events = pod.events();
    String liveness = events.newest("Unhealthy", container.name(), "Liveness probe failed");
    String said =
        liveness.isEmpty()
            ? events.newest("Unhealthy", container.name(), "Startup probe failed")
            : liveness;
    JsonNode ended = container.ended();
    boolean killed =
        ended.path("exitCode").asInt() == Exit.SIGKILL
            || ended.path("exitCode").asInt() == Exit.SIGTERM
            || !events.newest("Killing", container.name(), "probe, will be restarted").isEmpty();
    return killed && !Exit.isOutOfMemory(ended) ? said : "";
  }
}
