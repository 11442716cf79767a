package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.util.Optional;

/**
 * One Pod as a workload's controller would create it: admission looks at its labels, its owner and
 * its name as well (kubernetes v1.37.2, pkg/controller/controller_utils.go, GetPodFromTemplate, and
 * the controllers of each kind).
 *
 * @param pod the Pod
 * @param controller the service account in {@code kube-system} that would create it
 * @param later whether nobody waits for it: a CronJob's Pods come when their time has come
 */
record PodOf(KubeObject pod, String controller, boolean later) {

  /** Who names no account has this one; it is made anew whenever it is deleted. */
  static final String DEFAULT_ACCOUNT = "default";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Stands for the hash of the template, and for uids: no object has them. */
  private static final String HASH = "5d8c9bfb6c";

  private static final String UID = "00000000-0000-0000-0000-000000000000";

  /**
   * The Pod of this workload as it would be stored; empty for an object that makes none, or none
   * now.
   */
  static Optional<PodOf> of(KubeObject workload) {
    return switch (workload.group() + "/" + workload.kind()) {
      case "apps/Deployment" ->
          idle(workload) ? Optional.empty() : Optional.of(ofDeployment(workload));
      case "apps/ReplicaSet" ->
          idle(workload)
              ? Optional.empty()
              : Optional.of(
                  new PodOf(
                      pod(workload, workload, "apps/v1", "ReplicaSet", workload.name()),
                      "replicaset-controller",
                      false));
      case "/ReplicationController" ->
          idle(workload)
              ? Optional.empty()
              : Optional.of(
                  new PodOf(
                      pod(workload, workload, "v1", "ReplicationController", workload.name()),
                      "replication-controller",
                      false));
      case "apps/StatefulSet" ->
          idle(workload) ? Optional.empty() : Optional.of(ofStatefulSet(workload));
      case "apps/DaemonSet" -> Optional.of(ofDaemonSet(workload));
      case "batch/Job" ->
          suspended(workload) || runsNone(workload)
              ? Optional.empty()
              : Optional.of(ofJob(workload, workload, workload.name(), false));
      case "batch/CronJob" ->
          suspended(workload)
              ? Optional.empty()
              : Optional.of(
                  ofJob(
                      KubeObject.of(workload.at("spec", "jobTemplate")),
                      workload,
                      workload.name() + "-29000000",
                      true));
      default -> Optional.empty();
    };
  }

  /** The account of this Pod, by its field or by the older name of that. */
  static String account(KubeObject pod) {
    String older = pod.text(DEFAULT_ACCOUNT, "spec", "serviceAccount");
    return pod.text(older, "spec", "serviceAccountName");
  }

  private static boolean idle(KubeObject workload) {
    return workload.replicas() == 0 || workload.at("spec", "paused").asBoolean(false);
  }

  private static boolean suspended(KubeObject workload) {
    return workload.at("spec", "suspend").asBoolean(false);
  }

  /** A Job that asks for no Pods, or leaves them to a controller of another cluster. */
  private static boolean runsNone(KubeObject job) {
    String manager = job.text("", "spec", "managedBy");
    return job.number(1, "spec", "parallelism") == 0
        || job.number(1, "spec", "completions") == 0
        || !(manager.isEmpty() || manager.equals("kubernetes.io/job-controller"));
  }

  private static PodOf ofDeployment(KubeObject deployment) {
    String replicaSet = deployment.name() + "-" + HASH;
    KubeObject pod = pod(deployment, deployment, "apps/v1", "ReplicaSet", replicaSet);
    label(pod, "pod-template-hash", HASH);
    return new PodOf(pod, "replicaset-controller", false);
  }

  private static PodOf ofDaemonSet(KubeObject daemonSet) {
    KubeObject pod = pod(daemonSet, daemonSet, "apps/v1", "DaemonSet", daemonSet.name());
    label(pod, "controller-revision-hash", HASH);
    return new PodOf(pod, "daemon-set-controller", false);
  }

  private static PodOf ofStatefulSet(KubeObject set) {
    KubeObject pod = pod(set, set, "apps/v1", "StatefulSet", set.name());
    long ordinal = set.number(0, "spec", "ordinals", "start");
    String name = set.name() + "-" + ordinal;
    ObjectNode metadata = pod.json().withObjectProperty("metadata");
    metadata.remove("generateName");
    metadata.put("name", name);
    label(pod, "controller-revision-hash", set.name() + "-" + HASH);
    label(pod, "statefulset.kubernetes.io/pod-name", name);
    label(pod, "apps.kubernetes.io/pod-index", Long.toString(ordinal));
    ObjectNode spec = pod.json().withObjectProperty("spec");
    spec.put("hostname", name).put("subdomain", set.text("", "spec", "serviceName"));
    for (JsonNode claim : set.list("spec", "volumeClaimTemplates")) {
      String volume = KubeObject.of(claim).name();
      spec.withArrayProperty("volumes")
          .addObject()
          .put("name", volume)
          .putObject("persistentVolumeClaim")
          .put("claimName", volume + "-" + name);
    }
    return new PodOf(pod, "statefulset-controller", false);
  }

  private static PodOf ofJob(KubeObject job, KubeObject placed, String name, boolean later) {
    KubeObject pod = pod(job, placed, "batch/v1", "Job", name);
    for (String prefix : new String[] {"", "batch.kubernetes.io/"}) {
      label(pod, prefix + "job-name", name);
      label(pod, prefix + "controller-uid", UID);
    }
    return new PodOf(pod, "job-controller", later);
  }

  private static KubeObject pod(
      KubeObject workload, KubeObject placed, String apiVersion, String kind, String owner) {
    JsonNode template = workload.at("spec", "template");
    ObjectNode pod = JSON.objectNode();
    pod.put("apiVersion", "v1").put("kind", "Pod");
    ObjectNode metadata = pod.putObject("metadata");
    metadata.put("namespace", placed.namespace()).put("generateName", owner + "-");
    for (String map : new String[] {"labels", "annotations"}) {
      JsonNode entries = template.path("metadata").path(map);
      if (entries.isObject()) {
        metadata.set(map, entries.deepCopy());
      }
    }
    metadata
        .putArray("ownerReferences")
        .addObject()
        .put("apiVersion", apiVersion)
        .put("kind", kind)
        .put("name", owner)
        .put("uid", UID)
        .put("controller", true)
        .put("blockOwnerDeletion", true);
    pod.set("spec", template.path("spec").deepCopy());
    return new KubeObject(pod);
  }

  private static void label(KubeObject pod, String key, String value) {
    pod.json().withObjectProperty("metadata").withObjectProperty("labels").put(key, value);
  }
}
