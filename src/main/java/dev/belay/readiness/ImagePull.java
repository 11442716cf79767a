package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A container whose image can't be had. Reasons: kubelet, pkg/kubelet/images/types.go. The texts
 * are those of containerd (client/pull.go, core/transfer/local/pull.go,
 * core/remotes/docker/resolver.go), of CRI-O (containers/image, docker/docker_client.go,
 * docker/errors.go) and of Docker.
 */
final class ImagePull {

  /**
   * Its registry knows no such tag or digest. Layers, blobs and snapshots are "not found" where a
   * node or a mirror has lost them, of an image that its registry knows.
   */
  private static final Pattern NOT_FOUND =
      Pattern.compile(
          "failed to resolve (?:reference \"[^\"]*\"|image): \\S+: not found"
              + "|reading manifest \\S+ in \\S+: (?:manifest unknown|name unknown"
              + "|(?:unknown: )?(?:artifact|repository) \\S+ not found)"
              + "|manifest for \\S+ not found"
              + "|repository \\S+ not found: name unknown"
              + "|daemon: unknown: (?:artifact|repository) \\S+ not found",
          Pattern.CASE_INSENSITIVE);

  /** The same words where it was not the registry that said so, or may not have been. */
  private static final List<String> NOT_CERTAIN =
      List.of(
          "access denied",
          "authoriz",
          "authenticat",
          "credential",
          "unauthorized",
          "forbidden",
          "too many requests",
          "toomanyrequests",
          "connection",
          "timeout",
          "timed out",
          "deadline exceeded",
          "no such host",
          "certificate",
          "failed to do request",
          "service unavailable",
          "bad gateway");

  /** The image is there, but not for the kind of node that the Pod has got. */
  private static final List<String> NO_PLATFORM =
      List.of(
          "no match for platform", "no image found in image index", "no image found in manifest");

  private static final Pattern NOISE =
      Pattern.compile(
          "^(Back-off pulling image \"[^\"]*\"|Failed to pull image \"[^\"]*\"|ErrImagePull"
              + "|rpc error: code = \\w+ desc =|failed to pull and unpack image \"[^\"]*\"):?\\s*");

  /** The words that matter come first; each of them is looked at as often as there is noise. */
  private static final int MAX_SAID = 4_096;

  private ImagePull() {}

  /**
   * The trouble of this container; empty where it has none of this kind.
   *
   * @param all the Pods of the template
   */
  static Optional<Trouble> of(NewPod pod, Container container, List<NewPod> all) {
    String image = container.image();
    String said = container.waitingMessage();
    return switch (container.waitingReason()) {
      case "InvalidImageName" ->
          Optional.of(
              Trouble.certain(
                  cause(
                      pod, container, OneLine.join(" has an invalid image name, " + image, said))));
      case "ErrImageNeverPull" ->
          Optional.of(
              new Trouble(
                  cause(
                      pod,
                      container,
                      " can't use image "
                          + image
                          + ": it is not on the node, and is never to be pulled"),
                  // Somebody may be loading it onto the nodes.
                  new Trouble.NotStarted()));
      case "ErrImagePull",
          "ImagePullBackOff",
          "RegistryUnavailable",
          "ImageInspectError",
          "SignatureValidationFailed" ->
          Optional.of(notPulled(pod, container, all));
      default -> Optional.empty();
    };
  }

  private static Trouble notPulled(NewPod pod, Container container, List<NewPod> all) {
    String detail = detail(pod, container);
    String words = " can't pull image " + container.image();
    Cause cause =
        cause(
            pod,
            container,
            detail.isEmpty()
                ? words + " (" + container.waitingReason() + ")"
                : OneLine.join(words, detail));
    String lower = withoutName(detail, container.image()).toLowerCase(Locale.ROOT);
    if (has(lower, NO_PLATFORM)) {
      return Trouble.certain(cause);
    }
    boolean notFound = NOT_FOUND.matcher(detail).find() && !has(lower, NOT_CERTAIN);
    // A mirror may not know it yet, of which another node has had it.
    return notFound && !isThere(container, all)
        ? new Trouble(cause, new Trouble.ImageNotFound(since(pod, container)))
        : Trouble.mayPass(cause);
  }

  /** The name of an image may have any of these words in it. */
  private static String withoutName(String detail, String image) {
    int digest = image.indexOf('@');
    String tagged = digest < 0 ? image : image.substring(0, digest);
    int tag = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
    String repository = tag < 0 ? tagged : tagged.substring(0, tag);
    String name = repository.substring(repository.lastIndexOf('/') + 1);
    return repository.isEmpty() || name.isEmpty()
        ? detail
        : detail.replace(image, "").replace(repository, "").replace("/" + name, "");
  }

  private static boolean has(String text, List<String> parts) {
    return parts.stream().anyMatch(text::contains);
  }

  /** Whether another Pod of the template has got it. */
  private static boolean isThere(Container container, List<NewPod> all) {
    return all.stream()
        .flatMap(pod -> Container.of(pod.pod()).stream())
        .anyMatch(other -> other.name().equals(container.name()) && other.hasStarted());
  }

  /**
   * When it was asked for, where nothing else was pulled before it; images of a Pod are pulled one
   * after the other. The kubelet pulls once the Pod has its volumes and its sandbox, which may take
   * long; before Kubernetes 1.29 nothing tells when that was.
   */
  private static @Nullable Instant since(NewPod pod, Container container) {
    boolean first =
        Container.of(pod.pod()).stream()
            .filter(other -> other.role() == container.role())
            .noneMatch(Container::hasStarted);
    JsonNode sandbox = pod.condition("PodReadyToStartContainers");
    Instant ready = Times.parse(sandbox.path("lastTransitionTime").asText());
    if (!first || !Generic.isTrue(sandbox) || ready.equals(Instant.EPOCH)) {
      return null;
    }
    Instant startable = pod.startableAt();
    return ready.isAfter(startable) ? ready : startable;
  }

  private static Cause cause(NewPod pod, Container container, String message) {
    return pod.cause(Reasons.IMAGE_PULL_FAILED, container, container.display() + message);
  }

  /** What the kubelet was told; before Kubernetes 1.31 only an Event has it while it backs off. */
  private static String detail(NewPod pod, Container container) {
    String waiting = withoutNoise(container.waitingMessage());
    return waiting.isEmpty()
        ? withoutNoise(pod.events().newest("Failed", container.name(), "Failed to pull image"))
        : waiting;
  }

  private static String withoutNoise(String message) {
    String rest = message.substring(0, Math.min(message.length(), MAX_SAID)).strip();
    String before;
    do {
      before = rest;
      rest = NOISE.matcher(rest).replaceFirst("");
    } while (!rest.equals(before));
    return rest;
  }
}
