package dev.belay.rollback;

import dev.belay.api.Rollback.Action;
import dev.belay.api.Rollback.Step;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The steps of a rollback, in their order: what workloads need, the workloads, what looks at
 * workloads, and last the removal of what the failed change created.
 */
public final class Plan {

  /** Deleting these would lose data or other people's objects; they are kept and reported. */
  private static final Set<String> NEVER_DELETED =
      Set.of("PersistentVolumeClaim", "PersistentVolume", "CustomResourceDefinition", "Namespace");

  private static final List<String> NEEDED_BY_WORKLOADS =
      List.of(
          "Namespace",
          "PriorityClass",
          "ResourceQuota",
          "LimitRange",
          "ServiceAccount",
          "Secret",
          "ConfigMap",
          "StorageClass",
          "PersistentVolume",
          "PersistentVolumeClaim",
          "CustomResourceDefinition",
          "ClusterRole",
          "ClusterRoleBinding",
          "Role",
          "RoleBinding",
          "Service");

  private static final List<String> WORKLOADS =
      List.of(
          "DaemonSet",
          "Pod",
          "ReplicationController",
          "ReplicaSet",
          "Deployment",
          "StatefulSet",
          "Job",
          "CronJob");

  private Plan() {}

  /**
   * The steps that put {@code stable} back.
   *
   * @param stable the objects of the stable revision
   * @param brought live objects of this release that the failed change named and the stable
   *     revision does not have
   * @param since when the failed change began, by the API server's clock: what is older than that
   *     was adopted by it, not created, and is kept
   */
  public static List<Step> of(List<KubeObject> stable, List<KubeObject> brought, Instant since) {
    List<Step> steps = new ArrayList<>();
    Set<ObjectKey> restored = new HashSet<>();
    List<KubeObject> ordered = new ArrayList<>(stable);
    ordered.sort(Comparator.comparingInt(Plan::rank).thenComparing(KubeObject::key));
    for (KubeObject object : ordered) {
      restored.add(object.key());
      steps.add(step(Action.Restore, object, ""));
    }
    List<KubeObject> removed = new ArrayList<>(brought);
    removed.sort(Comparator.comparingInt(Plan::rank).thenComparing(KubeObject::key).reversed());
    for (KubeObject object : removed) {
      if (!restored.contains(object.key())) {
        boolean kept =
            isNeverDeleted(object)
                || createdAt(object).isBefore(since)
                || HelmStorage.isKept(object);
        steps.add(step(kept ? Action.Keep : Action.Delete, object, kept ? "" : object.uid()));
      }
    }
    return steps;
  }

  /** Whether it is kept whatever becomes of its release. */
  public static boolean isNeverDeleted(KubeObject object) {
    return NEVER_DELETED.contains(object.kind());
  }

  static boolean isNeededByWorkloads(String kind) {
    return NEEDED_BY_WORKLOADS.contains(kind);
  }

  static boolean isWorkload(String kind) {
    return WORKLOADS.contains(kind);
  }

  /** In whole seconds, as the API server counts; an object without a time is taken for old. */
  private static Instant createdAt(KubeObject object) {
    String text = object.text("", "metadata", "creationTimestamp");
    return text.isEmpty() ? Instant.EPOCH : Instant.parse(text);
  }

  private static Step step(Action action, KubeObject object, String uid) {
    return new Step(
        action, object.apiVersion(), object.kind(), object.namespace(), object.name(), uid);
  }

  /** Groups of kinds, in Helm's order within a group (kind_sorter.go, InstallOrder). */
  private static int rank(KubeObject object) {
    int needed = NEEDED_BY_WORKLOADS.indexOf(object.kind());
    if (needed >= 0) {
      return needed;
    }
    int workload = WORKLOADS.indexOf(object.kind());
    return workload >= 0 ? 100 + workload : 200;
  }
}
