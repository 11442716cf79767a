package dev.belay.membership;

import dev.belay.manifest.ObjectKey;
import java.util.List;

/**
 * The kinds that releases are made of, where no client says it in a record: those that the webhooks
 * look at one by one (k8s/manifests/070 and 071; a test compares them).
 */
public final class GatedKinds {

  /**
   * A kind in the version in which it is read and restored.
   *
   * @param apiVersion group and version
   * @param kind kind
   * @param plural name in paths and in the webhooks' rules
   */
  public record GatedKind(String apiVersion, String kind, String plural) {}

  public static final List<GatedKind> ALL =
      List.of(
          new GatedKind("v1", "ConfigMap", "configmaps"),
          new GatedKind("v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
          new GatedKind("v1", "Secret", "secrets"),
          new GatedKind("v1", "Service", "services"),
          new GatedKind("v1", "ServiceAccount", "serviceaccounts"),
          new GatedKind("apps/v1", "DaemonSet", "daemonsets"),
          new GatedKind("apps/v1", "Deployment", "deployments"),
          new GatedKind("apps/v1", "StatefulSet", "statefulsets"),
          new GatedKind("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers"),
          new GatedKind("batch/v1", "CronJob", "cronjobs"),
          new GatedKind("batch/v1", "Job", "jobs"),
          new GatedKind("networking.k8s.io/v1", "Ingress", "ingresses"),
          new GatedKind("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
          new GatedKind("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
          new GatedKind("rbac.authorization.k8s.io/v1", "Role", "roles"),
          new GatedKind("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"));

  /** Those of them that run Pods: without one of these there is no release. */
  public static final List<GatedKind> WORKLOADS =
      ALL.stream().filter(kind -> Marks.isWorkload(kind.apiVersion(), kind.kind())).toList();

  private GatedKinds() {}

  /** Whether it is one of these kinds, in whatever version. */
  public static boolean has(ObjectKey key) {
    return ALL.stream()
        .anyMatch(kind -> kind.kind().equals(key.kind()) && group(kind).equals(key.group()));
  }

  private static String group(GatedKind kind) {
    int slash = kind.apiVersion().indexOf('/');
    return slash < 0 ? "" : kind.apiVersion().substring(0, slash);
  }
}
