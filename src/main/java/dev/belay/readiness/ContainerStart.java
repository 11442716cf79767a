package dev.belay.readiness;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.belay.manifest.ObjectKey;
import java.util.List;
import java.util.Optional;

/**
 * A container that can't be created: a ConfigMap or key is missing, a volume's path is wrong, a
 * hook fails. Reasons: kubelet, pkg/kubelet/kuberuntime/kuberuntime_container.go; texts:
 * pkg/kubelet/kubelet_pods.go and kuberuntime/security_context_others.go.
 */
final class ContainerStart {

  /** A name or key as the API server lets one be. */
  private static final String NAME = "([-._a-zA-Z0-9]+)";

  private static final Pattern OBJECT =
      Pattern.compile("(secret|configmap) \"" + NAME + "\" not found");
  private static final Pattern KEY =
      Pattern.compile("couldn't find key " + NAME + " in (Secret|ConfigMap) " + NAME + "/" + NAME);

  /** A spec and an image that don't go together: nothing that comes later can change that. */
  private static final List<String> CERTAIN =
      List.of(
          "container has runAsNonRoot and image", "runAsNonRoot and image has non-numeric user");

  private ContainerStart() {}

  static Optional<Trouble> of(NewPod pod, Container container) {
    String said = container.waitingMessage();
    return switch (container.waitingReason()) {
      case "CreateContainerConfigError" -> Optional.of(ofConfig(pod, container, said));
      // The runtime of CRI-O says so where containerd's container ends with StartError.
      case "CreateContainerError", "RunContainerError" ->
          Optional.of(
              RuntimeSaid.isOfTheImage(said)
                  ? new Trouble(notStarted(pod, container), new Trouble.NotStarted())
                  : Trouble.mayPass(notStarted(pod, container)));
      case "PreCreateHookError", "PreStartHookError", "PostStartHookError" ->
          Optional.of(new Trouble(notStarted(pod, container), new Trouble.NotStarted()));
      default -> Optional.empty();
    };
  }

  private static Trouble ofConfig(NewPod pod, Container container, String said) {
    Cause cause =
        pod.cause(
            Reasons.CONTAINER_CONFIG_INVALID, container, words(container, " can't be created"));
    if (CERTAIN.stream().anyMatch(said::contains)) {
      return Trouble.certain(cause);
    }
    String namespace = pod.pod().namespace();
    Matcher key = KEY.matcher(said);
    if (key.find()) {
      return new Trouble(
          cause,
          new Trouble.Missing(
              new ObjectKey("", key.group(2), namespace, key.group(4)), key.group(1)));
    }
    Matcher object = OBJECT.matcher(said);
    if (object.find()) {
      String kind = object.group(1).equals("secret") ? "Secret" : "ConfigMap";
      return new Trouble(
          cause, new Trouble.Missing(new ObjectKey("", kind, namespace, object.group(2)), ""));
    }
    // "failed to sync secret cache" and "services have not yet been read" are the kubelet's own.
    return said.contains("failed to sync") || said.contains("have not yet been read")
        ? Trouble.mayPass(cause)
        : new Trouble(cause, new Trouble.NotStarted());
  }

  private static Cause notStarted(NewPod pod, Container container) {
    return pod.cause(
        Reasons.CONTAINER_NOT_STARTED, container, words(container, " can't be started"));
  }

  private static String words(Container container, String what) {
    String said = RuntimeSaid.of(container.waitingMessage());
    return OneLine.join(
        container.display() + what, said.isBlank() ? container.waitingReason() : said);
  }
}
