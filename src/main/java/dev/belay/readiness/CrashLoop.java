package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * A container that ends again and again.
 *
 * <p>A container that runs and is ready has recovered, however often it was restarted. One that
 * ends with code 0 is a crash loop too when the kubelet backs off: the workload needs it to run.
 */
final class CrashLoop {

  private CrashLoop() {}

  static Optional<Cause> of(NewPod pod, Container container) {
    if (!isLooping(container) || container.restarts() < pod.budget().restarts()) {
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

  private static boolean isLooping(Container container) {
    if (container.waitingReason().equals("CrashLoopBackOff")) {
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
