package dev.belay.readiness;

import static java.util.Map.entry;

import dev.belay.manifest.KubeObject;
import java.util.Map;
import java.util.Set;

/** The rule of every kind that has one, by group and kind as in {@code Deployment.apps}. */
final class Kinds {

  /** The kinds that a release waits for. */
  static final Map<String, KindRule> GATING =
      Map.ofEntries(
          entry("Deployment.apps", Generic.observed(DeploymentReadiness::judge)),
          entry("StatefulSet.apps", Generic.observed(StatefulSetReadiness::judge)),
          entry("DaemonSet.apps", Generic.observed(DaemonSetReadiness::judge)),
          entry("ReplicaSet.apps", Generic.observed(ReplicaSetReadiness::judge)),
          entry("Pod", PodReadiness::judge),
          entry("Job.batch", JobReadiness::judge),
          entry("PersistentVolumeClaim", PersistentVolumeClaimReadiness::judge),
          entry("Service", ServiceReadiness::judge),
          entry(
              "CustomResourceDefinition.apiextensions.k8s.io",
              CustomResourceDefinitionReadiness::judge),
          entry("APIService.apiregistration.k8s.io", ApiServiceReadiness::judge));

  /** The kinds with {@code spec.selector} for Pods of theirs. */
  static final Set<String> SELECTING =
      Set.of(
          "Deployment.apps", "StatefulSet.apps", "DaemonSet.apps", "ReplicaSet.apps", "Job.batch");

  /** The kinds without Pods whose rule looks at Events. */
  static final Set<String> TOLD_BY_EVENTS = Set.of("PersistentVolumeClaim", "Service");

  /** The kinds that are Current whatever their status says; the rule only explains. */
  static final Map<String, KindRule> EXPLAINING =
      Map.of(
          "CronJob.batch", CronJobReadiness::judge,
          "HorizontalPodAutoscaler.autoscaling", HorizontalPodAutoscalerReadiness::judge,
          "Ingress.networking.k8s.io", IngressReadiness::judge,
          "PodDisruptionBudget.policy", PodDisruptionBudgetReadiness::judge);

  /** Groups of the API server itself and of Belay: all others are of custom resources. */
  private static final Set<String> BUILT_IN =
      Set.of(
          "",
          "admissionregistration.k8s.io",
          "apiextensions.k8s.io",
          "apiregistration.k8s.io",
          "apps",
          "authentication.k8s.io",
          "authorization.k8s.io",
          "autoscaling",
          "batch",
          "belay.dev",
          "certificates.k8s.io",
          "coordination.k8s.io",
          "discovery.k8s.io",
          "events.k8s.io",
          "extensions",
          "flowcontrol.apiserver.k8s.io",
          "internal.apiserver.k8s.io",
          "networking.k8s.io",
          "node.k8s.io",
          "policy",
          "rbac.authorization.k8s.io",
          "resource.k8s.io",
          "scheduling.k8s.io",
          "storage.k8s.io",
          "storagemigration.k8s.io");

  private Kinds() {}

  /** Whether the kind is neither the API server's nor Belay's. */
  static boolean isCustom(KubeObject object) {
    return !BUILT_IN.contains(object.group());
  }
}
