package dev.belay.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Map;

/**
 * Fields that a restore leaves as they are live, since the API server, a controller or another tool
 * owns them. Restoring them would be refused (clusterIP, a smaller claim), undone (caBundle), or
 * harmful (replicas that somebody has scaled to).
 */
final class LiveOwned {

  private static final List<String> METADATA =
      List.of(
          "uid",
          "resourceVersion",
          "generation",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "selfLink",
          "managedFields",
          "finalizers",
          "ownerReferences");

  /**
   * Annotations that the Deployment controller and the API server count up at every change; never a
   * client's.
   */
  static final List<String> COUNTED =
      List.of("deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation");

  /**
   * By these a Job knows its Pods; generated from its uid (kubernetes, pkg/registry/batch/job,
   * generateSelector). A Job that brings another's is refused.
   */
  private static final List<String[]> JOB_IDENTITY =
      List.of(
          path("spec", "selector"),
          path("spec", "template", "metadata", "labels", "controller-uid"),
          path("spec", "template", "metadata", "labels", "batch.kubernetes.io/controller-uid"));

  /** Paths below the root, by kind. */
  private static final Map<String, List<String[]>> BY_KIND =
      Map.of(
          "Service",
          List.of(path("spec", "clusterIP"), path("spec", "clusterIPs")),
          "PersistentVolumeClaim",
          List.of(
              path("spec", "volumeName"),
              path("spec", "storageClassName"),
              path("spec", "resources", "requests", "storage")),
          "ServiceAccount",
          List.<String[]>of(path("secrets")),
          "Pod",
          List.of(path("spec", "nodeName"), path("spec", "ephemeralContainers")),
          "Job",
          JOB_IDENTITY);

  /**
   * A token is of one account, known by its uid: the controller fills it in, and deletes one that
   * is of an account that is no more (serviceaccount/tokens_controller.go, syncSecret).
   */
  private static final String TOKEN = "kubernetes.io/service-account-token";

  private static final List<String> ACCOUNT_UID = List.of("kubernetes.io/service-account.uid");

  private LiveOwned() {}

  /** Copies what {@code live} owns into {@code desired}, and removes what it does not have. */
  static void keep(KubeObject desired, KubeObject live) {
    ObjectNode metadata = (ObjectNode) desired.json().get("metadata");
    boolean scaled = Scale.isScaled(desired, live);
    for (String field : METADATA) {
      take(metadata, live.at("metadata"), field);
    }
    keepAnnotations(desired, live, COUNTED);
    keepAnnotations(desired, live, RemadeClaim.NOTES);
    if (isToken(desired)) {
      keepAnnotations(desired, live, ACCOUNT_UID);
      take(desired.json(), live.json(), "data");
    }
    if (live.json().has("status")) {
      desired.json().set("status", live.json().get("status"));
    }
    for (String[] path : BY_KIND.getOrDefault(desired.kind(), List.of())) {
      keepPath(desired.json(), live.json(), path);
    }
    if (scaled) {
      keepPath(desired.json(), live.json(), path("spec", "replicas"));
    }
    if (desired.at("aggregationRule").isObject()) {
      keepPath(desired.json(), live.json(), path("rules"));
    }
    keepCaBundles(desired, live);
  }

  /** Takes away what is generated, or noted by controllers, anew for an object that is created. */
  static void forgetGenerated(KubeObject desired) {
    if (desired.kind().equals("Job") && !desired.at("spec", "manualSelector").asBoolean()) {
      for (String[] path : JOB_IDENTITY) {
        keepPath(desired.json(), MissingNode.getInstance(), path);
      }
    }
    if (desired.kind().equals("Pod") && desired.json().get("spec") instanceof ObjectNode spec) {
      spec.remove("ephemeralContainers");
      if (!Managers.ofSpec(desired, "nodeName")) {
        spec.remove("nodeName");
      }
    }
    if (desired.at("metadata", "annotations") instanceof ObjectNode annotations) {
      annotations.remove(COUNTED);
      annotations.remove(RemadeClaim.NOTES);
      if (isToken(desired)) {
        annotations.remove(ACCOUNT_UID);
        desired.json().remove("data");
      }
    }
  }

  private static boolean isToken(KubeObject object) {
    return object.kind().equals("Secret") && object.text("", "type").equals(TOKEN);
  }

  private static void keepAnnotations(KubeObject desired, KubeObject live, List<String> names) {
    ObjectNode metadata = (ObjectNode) desired.json().get("metadata");
    for (String annotation : names) {
      String value = live.annotations().get(annotation);
      if (value != null) {
        metadata.withObjectProperty("annotations").put(annotation, value);
      } else if (metadata.get("annotations") instanceof ObjectNode annotations) {
        annotations.remove(annotation);
      }
    }
  }

  /** Certificates in webhook configurations, CRDs and APIServices are injected by other tools. */
  private static void keepCaBundles(KubeObject desired, KubeObject live) {
    switch (desired.kind()) {
      case "APIService" -> keepPath(desired.json(), live.json(), path("spec", "caBundle"));
      case "CustomResourceDefinition" ->
          keepPath(
              desired.json(),
              live.json(),
              path("spec", "conversion", "webhook", "clientConfig", "caBundle"));
      case "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration" -> {
        for (JsonNode wanted : desired.list("webhooks")) {
          for (JsonNode present : live.list("webhooks")) {
            if (wanted.path("name").equals(present.path("name"))) {
              keepPath((ObjectNode) wanted, present, path("clientConfig", "caBundle"));
            }
          }
        }
      }
      default -> {}
    }
  }

  private static void keepPath(ObjectNode desired, JsonNode live, String... path) {
    ObjectNode parent = desired;
    JsonNode from = live;
    for (int i = 0; i < path.length - 1; i++) {
      from = from.path(path[i]);
      if (!(parent.get(path[i]) instanceof ObjectNode next)) {
        return;
      }
      parent = next;
    }
    take(parent, from, path[path.length - 1]);
  }

  private static void take(ObjectNode into, JsonNode from, String field) {
    JsonNode value = from.get(field);
    if (value == null) {
      into.remove(field);
    } else {
      into.set(field, value.deepCopy());
    }
  }

  private static String[] path(String... steps) {
    return steps;
  }
}
