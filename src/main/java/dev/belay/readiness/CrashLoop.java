package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * A container that ends again and again.
 *
 * <p>A container that runs and is ready has recovered, however often it was restarted. One that
 * ends with code 0 is a crash loop too when the kubelet backs off: the workload needs it to run.
 *
 * <p>A Pod that is older than the change may have been restarted often in its life. There a moment
 * without readiness is no crash, and one crash no loop: the kubelet has to back off, and from a run
 * that ended since.
 */
final class CrashLoop {

  private CrashLoop() {}

  static Optional<Cause> of(NewPod pod, Container container) {
    boolean looping = pod.isOlder() ? hasBegunToLoop(pod, container) : isLooping(container);
    if (!looping || container.restarts() < pod.budget().restarts()) {
      return Optional.empty();
    }
    String probe = failedProbe(pod, container);
    if (!probe.isEmpty()) {
      String message = container.display() + " was restarted, since its probe failed";
      return Optional.of(pod.cause(Reasons.PROBE_FAILED, container, OneLine.join(message, probe)));
    }
    boolean outOfMemory = Exit.isOutOfMemory(container.ended());
    return Optional.of(
        pod.cause(
            outOfMemory ? Reasons.OUT_OF_MEMORY : Reasons.CRASH_LOOP,
            container,
            Exit.describe(container, pod.memoryLimit(container.name()))));
  }

  private static boolean hasBegunToLoop(NewPod pod, Container container) {
    String finished = container.ended().path("finishedAt").asText();
    boolean since = finished.isEmpty() || !Times.parse(finished).isBefore(pod.subject().since());
    return pod.budget().equals(Budget.NONE)
        ? backsOff(container) || (since && isLooping(container))
        : backsOff(container) && since;
  }

  private static boolean backsOff(Container container) {
    return container.waitingReason().equals("CrashLoopBackOff");
  }

  private static boolean isLooping(Container container) {
    if (backsOff(container)) {
      return true;
    }
    boolean endedBadly = container.ended().path("exitCode").asInt(0) != 0;
    boolean notYetBack = container.terminated() || (container.running() && !container.ready());
    return endedBadly && notYetBack;
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
