package dev.belay.readiness;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The Pods that a workload's newest template made, without those being deleted.
 *
 * <p>Only they tell whether a change is good: Pods of the revision before may crash for reasons
 * that the change is meant to cure.
 */
final class NewRevision {

  private static final String REVISION = "deployment.kubernetes.io/revision";
  private static final String HASH = "controller-revision-hash";

  /* Deprecated, but the DaemonSet controller still writes both (daemon/util/daemonset_util.go); a
  DaemonSet's status does not name its newest revision. */
  private static final String GENERATION_ANNOTATION = "deprecated.daemonset.template.generation";
  private static final String GENERATION_LABEL = "pod-template-generation";

  private NewRevision() {}

  /** The Pods, by name; empty for kinds without Pods and when the revision is not known yet. */
  static List<KubeObject> pods(KubeObject workload, Related related) {
    return switch (workload.key().groupKind()) {
      case "Deployment.apps" ->
          replicaSet(workload, related)
              .map(rs -> owned(rs, related, pod -> true))
              .orElse(List.of());
      case "StatefulSet.apps" -> {
        String hash = workload.text("", "status", "updateRevision");
        yield owned(workload, related, pod -> hash.equals(pod.labels().get(HASH)));
      }
      case "DaemonSet.apps" -> daemonSetPods(workload, related);
      case "ReplicaSet.apps", "Job.batch" -> owned(workload, related, pod -> true);
      case "Pod" -> List.of(workload);
      default -> List.of();
    };
  }

  /** What names the newest template of this workload; empty where nothing does. */
  static String template(KubeObject workload, Related related) {
    return switch (workload.key().groupKind()) {
      case "Deployment.apps" -> replicaSet(workload, related).map(KubeObject::name).orElse("");
      case "StatefulSet.apps" -> workload.text("", "status", "updateRevision");
      case "DaemonSet.apps" -> workload.annotations().getOrDefault(GENERATION_ANNOTATION, "");
      default -> workload.uid();
    };
  }

  /**
   * The ReplicaSet of the Deployment's template: the controller's own rule (FindNewReplicaSet in
   * deployment_util.go), or else the one with the same revision number.
   */
  static Optional<KubeObject> replicaSet(KubeObject deployment, Related related) {
    List<KubeObject> own =
        related.replicaSets().stream()
            .filter(rs -> isOwner(deployment, rs))
            .sorted(Comparator.comparing(NewRevision::created).thenComparing(KubeObject::name))
            .toList();
    String revision = deployment.annotations().getOrDefault(REVISION, "");
    return own.stream()
        .filter(rs -> template(rs).equals(template(deployment)))
        .findFirst()
        .or(
            () ->
                own.stream()
                    .filter(rs -> !revision.isEmpty())
                    .filter(rs -> revision.equals(rs.annotations().get(REVISION)))
                    .findFirst());
  }

  private static List<KubeObject> daemonSetPods(KubeObject daemonSet, Related related) {
    String generation = daemonSet.annotations().getOrDefault(GENERATION_ANNOTATION, "");
    if (!generation.isEmpty()) {
      return owned(daemonSet, related, p -> generation.equals(p.labels().get(GENERATION_LABEL)));
    }
    List<KubeObject> all = owned(daemonSet, related, pod -> true);
    Optional<String> newest =
        all.stream()
            .max(Comparator.comparing(NewRevision::created))
            .map(pod -> pod.labels().getOrDefault(HASH, ""));
    return all.stream()
        .filter(pod -> newest.orElse("").equals(pod.labels().getOrDefault(HASH, "")))
        .toList();
  }

  private static List<KubeObject> owned(
      KubeObject owner, Related related, Predicate<KubeObject> also) {
    return related.pods().stream()
        .filter(pod -> isOwner(owner, pod) && !isBeingDeleted(pod))
        .filter(also)
        .sorted(Comparator.comparing(KubeObject::name))
        .toList();
  }

  static boolean isBeingDeleted(KubeObject object) {
    return !object.text("", "metadata", "deletionTimestamp").isEmpty();
  }

  static boolean isOwner(KubeObject owner, KubeObject object) {
    return !owner.uid().isEmpty()
        && object.list("metadata", "ownerReferences").stream()
            .anyMatch(reference -> reference.path("uid").asText().equals(owner.uid()));
  }

  /** The Pod template without the label that only the ReplicaSet's has. */
  private static KubeObject template(KubeObject workload) {
    KubeObject template = KubeObject.of(workload.at("spec", "template")).copy();
    if (template.at("metadata", "labels") instanceof ObjectNode labels) {
      labels.remove("pod-template-hash");
    }
    return template;
  }

  private static String created(KubeObject object) {
    return object.text("", "metadata", "creationTimestamp");
  }
}
