package dev.belay.readiness;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** A container whose image can't be had. Reasons: kubelet, pkg/kubelet/images/types.go. */
final class ImagePull {

  private static final Set<String> MAY_PASS =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "RegistryUnavailable",
          "ImageInspectError",
          "SignatureValidationFailed");

  /** The registry was not reached or was busy, so that the image may well be there. */
  private static final Pattern REGISTRY =
      Pattern.compile(
          "timeout|timed out|deadline exceeded|connection (refused|reset)|no such host|\\bEOF\\b"
              + "|toomanyrequests|too many requests|\\b(429|500|502|503|504)\\b|temporary failure",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern NOISE =
      Pattern.compile(
          "^(Back-off pulling image \"[^\"]*\"|Failed to pull image \"[^\"]*\"|ErrImagePull"
              + "|rpc error: code = \\w+ desc =|failed to pull and unpack image \"[^\"]*\"):?\\s*");

  private ImagePull() {}

  static Optional<Cause> of(NewPod pod, Container container) {
    String image = container.image();
    String said = container.waitingMessage();
    return switch (container.waitingReason()) {
      case "InvalidImageName" ->
          cause(pod, container, OneLine.join(" has an invalid image name, " + image, said));
      case "ErrImageNeverPull" ->
          cause(
              pod,
              container,
              " can't use image " + image + ": it is not on the node, and is never to be pulled");
      case String reason when MAY_PASS.contains(reason) -> {
        String detail = detail(pod, container);
        yield pod.startable().compareTo(tolerated(pod.budget(), detail)) < 0
            ? Optional.empty()
            : cause(
                pod,
                container,
                detail.isEmpty()
                    ? " can't pull image " + image + " (" + reason + ")"
                    : OneLine.join(" can't pull image " + image, detail));
      }
      default -> Optional.empty();
    };
  }

  private static Optional<Cause> cause(NewPod pod, Container container, String message) {
    return Optional.of(
        pod.cause(Reasons.IMAGE_PULL_FAILED, container, container.display() + message));
  }

  private static Duration tolerated(Budget budget, String detail) {
    return REGISTRY.matcher(detail).find() ? budget.registry() : budget.imagePull();
  }

  /** What the kubelet was told; before Kubernetes 1.31 only an Event has it while it backs off. */
  private static String detail(NewPod pod, Container container) {
    String waiting = withoutNoise(container.waitingMessage());
    return waiting.isEmpty()
        ? withoutNoise(pod.events().newest("Failed", container.name(), "Failed to pull image"))
        : waiting;
  }

  private static String withoutNoise(String message) {
    String rest = message.strip();
    String before;
    do {
      before = rest;
      rest = NOISE.matcher(rest).replaceFirst("");
    } while (!rest.equals(before));
    return rest;
  }
}
