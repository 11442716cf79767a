package dev.belay.preflight;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Objects;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a Pod can't be made without, and what this upgrade removes: the API server has it still when
 * it is asked about the Pod. Helm deletes a moment after it has written the workload, so that its
 * first Pods may be made before.
 *
 * @param object what is removed
 * @param pod the Pod that names it
 */
record Removed(KubeObject object, KubeObject pod) {

  private static final String ACCOUNT = "ServiceAccount";

  private static final String REMEDY = "Keep it in the release, or change the Pod template";

  /** The first of these that this Pod names. */
  static Optional<Removed> of(Question question, KubeObject pod, Objects objects) {
    List<KubeObject> removed;
    try {
      removed = question.before().removed();
    } catch (ClusterException e) {
      return Optional.empty(); // Nobody knows; as for the Pod, it is let in.
    }
    return removed.stream()
        .filter(object -> names(pod, object) && !HelmStorage.isKept(object))
        // A hook may make it again.
        .filter(object -> !question.brought().has(object.kind(), object.name()))
        .flatMap(object -> objects.live(object, question.actor()).stream())
        .filter(live -> !HelmStorage.isKept(live))
        .map(live -> new Removed(live, pod))
        .findFirst();
  }

  private static boolean names(KubeObject pod, KubeObject object) {
    return switch (object.key().groupKind()) {
      case ACCOUNT ->
          object.namespace().equals(pod.namespace())
              && !object.name().equals(PodOf.DEFAULT_ACCOUNT)
              && object.name().equals(PodOf.account(pod));
      case "PriorityClass.scheduling.k8s.io" ->
          object.name().equals(pod.text("", "spec", "priorityClassName"));
      case "RuntimeClass.node.k8s.io" ->
          object.name().equals(pod.text("", "spec", "runtimeClassName"));
      default -> false;
    };
  }

  /** The outcome for a workload whose Pods run already: they stay until they are made anew. */
  Outcome later(KubeObject workload) {
    return depends(workload, "its Pods run until they are made anew");
  }

  /**
   * The outcome for a workload whose Pods are to be made. Without its account a Pod is refused, and
   * one that was made before gets no token and does not start; a class is needed once.
   */
  Outcome outcome(Question question, KubeObject workload, Function<Refused, PodRefusal> refusal) {
    if (!object.kind().equals(ACCOUNT) || !hasToken()) {
      return depends(workload, "unless they are made before");
    }
    return question.change().hooks().stream()
        .filter(Change.Hook::acts)
        .findFirst()
        .map(hook -> depends(workload, "unless %s makes it again".formatted(hook.display())))
        .orElseGet(() -> refusal.apply(new Refused("", message())).outcome(REMEDY));
  }

  private boolean hasToken() {
    boolean ofAccount = object.at("automountServiceAccountToken").asBoolean(true);
    return pod.at("spec", "automountServiceAccountToken").asBoolean(ofAccount);
  }

  private Outcome depends(KubeObject workload, String how) {
    return new Depends("%s (%s)".formatted(message(), how), workload);
  }

  /** An account in the words of admission, by which it is known that somebody may make it. */
  private String message() {
    return object.kind().equals(ACCOUNT)
        ? "serviceaccount \"%s\" not found, since this upgrade removes it".formatted(object.name())
        : "this upgrade removes %s".formatted(object.key().display());
  }
}
