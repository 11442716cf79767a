package dev.belay.readiness;

import java.util.Optional;

/**
 * A container that can't be created: a ConfigMap or key is missing, a volume's path is wrong, a
 * hook fails. Reasons: kubelet, pkg/kubelet/kuberuntime/kuberuntime_container.go.
 */
final class ContainerStart {

  private ContainerStart() {}

  static Optional<Cause> of(NewPod pod, Container container) {
    String reason = container.waitingReason();
    boolean invalid = reason.equals("CreateContainerConfigError");
    boolean fails =
        switch (reason) {
          case "CreateContainerConfigError",
              "CreateContainerError",
              "RunContainerError",
              "PreCreateHookError",
              "PreStartHookError",
              "PostStartHookError" ->
              true;
          default -> false;
        };
    if (!fails || pod.startable().compareTo(pod.budget().containerStart()) < 0) {
      return Optional.empty();
    }
    String what = container.display() + (invalid ? " can't be created" : " can't be started");
    String said = RuntimeSaid.of(container.waitingMessage());
    return Optional.of(
        pod.cause(
            invalid ? Reasons.CONTAINER_CONFIG_INVALID : Reasons.CONTAINER_NOT_STARTED,
            container,
            OneLine.join(what, said.isBlank() ? reason : said)));
  }
}
