package dev.belay.readiness;

import dev.belay.manifest.KubeObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A Pod of its own. Unlike in kstatus, a Pod that ended with a failure is not Current.
 *
 * <p>Source of the phases: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle
 */
final class PodReadiness {

  private PodReadiness() {}

  static Readiness judge(Subject subject) {
    KubeObject pod = subject.object();
    NewPod looked = NewPod.of(subject, pod);
    String phase = pod.text("Pending", "status", "phase");
    if (phase.equals("Succeeded")) {
      return new Current("Succeeded");
    }
    if (phase.equals("Failed")) {
      return new Failed(failed(looked));
    }
    if (phase.equals("Running") && looked.ready()) {
      return new Current("Ready");
    }
    return new PodsOf(subject, List.of(looked)).judge(phase + ", not ready");
  }

  /**
   * The container that ended badly, or else what the Pod itself says. A sidecar is ended once the
   * others are, whatever it makes of that.
   */
  static Cause failed(NewPod pod) {
    Optional<Container> bad =
        Container.of(pod.pod()).stream()
            .filter(c -> c.ended().path("exitCode").asInt(0) != 0)
            .min(Comparator.comparing(c -> c.role() == Container.Role.SIDECAR));
    return bad.map(
            c ->
                pod.cause(
                    Exit.isOutOfMemory(c.ended()) ? Reasons.OUT_OF_MEMORY : Reasons.POD_FAILED,
                    c,
                    Exit.describe(c, pod.memoryLimit(c.name()))))
        .orElseGet(
            () ->
                new Cause(
                    Reasons.POD_FAILED,
                    pod.subject().object().key(),
                    pod.pod().name(),
                    "",
                    -1,
                    0,
                    "Pod " + pod.pod().name() + " " + failedPhase(pod.pod())));
  }

  /** {@code failed (Evicted): The node was low on resource: memory.} */
  static String failedPhase(KubeObject pod) {
    String reason = pod.text("", "status", "reason");
    return OneLine.join(
        reason.isEmpty() ? "failed" : "failed (" + reason + ")", pod.text("", "status", "message"));
  }
}
