package dev.belay.readiness;

import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The objects whose Events may tell why another one is as it is: nobody's else are read. */
public final class Witnesses {

  /** Pods of one workload that are asked for a report: they mostly fail of the same. */
  private static final int MAX_PODS = 3;

  private Witnesses() {}

  /**
   * Whose Events may change or explain this judgement: the Pod that it is about, or else the first
   * new Pod that is not ready, or else the object itself. Empty for what is Current, but for a
   * claim that waits: only its Events say whether that is for a Pod or in vain.
   */
  public static Optional<KubeObject> next(KubeObject object, Related related, Readiness judged) {
    return switch (judged) {
      case Current current ->
          PersistentVolumeClaimReadiness.isPending(object) ? Optional.of(object) : Optional.empty();
      case InProgress inProgress ->
          first(
              object, related, inProgress.wrong().map(trouble -> trouble.cause().pod()).orElse(""));
      case Failed failed -> first(object, related, failed.cause().pod());
    };
  }

  private static Optional<KubeObject> first(KubeObject object, Related related, String pod) {
    if (!hasPods(object)) {
      return Kinds.TOLD_BY_EVENTS.contains(object.key().groupKind())
          ? Optional.of(object)
          : Optional.empty();
    }
    return Optional.of(unready(object, related, pod).stream().findFirst().orElse(object));
  }

  /**
   * All whose Events belong into a report of why this object failed, the nearest first; at most
   * five.
   *
   * @param pod the name of the Pod that showed it; empty if none
   */
  public static List<KubeObject> all(KubeObject object, Related related, String pod) {
    List<KubeObject> all = new ArrayList<>();
    if (hasPods(object)) {
      unready(object, related, pod).stream().limit(MAX_PODS).forEach(all::add);
    }
    if (object.key().groupKind().equals("Deployment.apps")) {
      NewRevision.replicaSet(object, related).ifPresent(all::add);
    }
    if (!all.contains(object)) {
      all.add(object);
    }
    return all;
  }

  private static boolean hasPods(KubeObject object) {
    return Assess.selectsPods(object) || object.key().groupKind().equals("Pod");
  }

  /** The new Pods that are not ready, this one before all others. */
  private static List<KubeObject> unready(KubeObject object, Related related, String first) {
    List<KubeObject> named = new ArrayList<>();
    List<KubeObject> others = new ArrayList<>();
    for (KubeObject pod : NewRevision.pods(object, related)) {
      if (pod.name().equals(first)) {
        named.add(pod);
      } else if (!Generic.isTrue(pod.condition("Ready"))) {
        others.add(pod);
      }
    }
    named.addAll(others);
    return named;
  }
}
