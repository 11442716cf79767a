package dev.belay.membership;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What objects refer to, by name or by label. */
final class References {

  private References() {}

  /** The objects that the Pods of this workload need. */
  static Set<ObjectKey> ofPods(KubeObject workload) {
    Set<ObjectKey> needed = new HashSet<>();
    JsonNode pod = template(workload).path("spec");
    String namespace = workload.namespace();
    add(needed, namespace, "ServiceAccount", pod.path("serviceAccountName"));
    pod.path("imagePullSecrets").forEach(s -> add(needed, namespace, "Secret", s.path("name")));
    for (JsonNode volume : pod.path("volumes")) {
      ofVolume(needed, namespace, volume);
      volume
          .path("projected")
          .path("sources")
          .forEach(source -> ofVolume(needed, namespace, source));
    }
    for (String containers : Set.of("containers", "initContainers")) {
      for (JsonNode container : pod.path(containers)) {
        for (JsonNode from : container.path("envFrom")) {
          add(needed, namespace, "ConfigMap", from.path("configMapRef").path("name"));
          add(needed, namespace, "Secret", from.path("secretRef").path("name"));
        }
        for (JsonNode env : container.path("env")) {
          JsonNode from = env.path("valueFrom");
          add(needed, namespace, "ConfigMap", from.path("configMapKeyRef").path("name"));
          add(needed, namespace, "Secret", from.path("secretKeyRef").path("name"));
        }
      }
    }
    return needed;
  }

  /** The Services that this Ingress sends to. */
  static Set<ObjectKey> ofIngress(KubeObject ingress) {
    Set<ObjectKey> services = new HashSet<>();
    String namespace = ingress.namespace();
    add(services, namespace, "Service", ingress.at("spec", "defaultBackend", "service", "name"));
    for (JsonNode rule : ingress.list("spec", "rules")) {
      for (JsonNode path : rule.path("http").path("paths")) {
        add(services, namespace, "Service", path.path("backend").path("service").path("name"));
      }
    }
    return services;
  }

  /** Whether this autoscaler scales this workload. */
  static boolean scales(KubeObject autoscaler, KubeObject workload) {
    JsonNode target = autoscaler.at("spec", "scaleTargetRef");
    String apiVersion = target.path("apiVersion").asText();
    int slash = apiVersion.indexOf('/');
    return target.path("kind").asText().equals(workload.kind())
        && target.path("name").asText().equals(workload.name())
        && (slash < 0 || apiVersion.substring(0, slash).equals(workload.group()));
  }

  /**
   * Whether this Service, PodDisruptionBudget or NetworkPolicy is about the Pods of this workload.
   * One that selects all Pods of the namespace is about nobody's.
   */
  static boolean selects(KubeObject selecting, KubeObject workload) {
    JsonNode labels = template(workload).path("metadata").path("labels");
    return switch (selecting.kind()) {
      case "Service" -> matches(selecting.at("spec", "selector"), labels);
      case "PodDisruptionBudget" -> selected(selecting.at("spec", "selector"), labels);
      case "NetworkPolicy" -> selected(selecting.at("spec", "podSelector"), labels);
      default -> false;
    };
  }

  private static boolean selected(JsonNode selector, JsonNode labels) {
    JsonNode expressions = selector.path("matchExpressions");
    if (selector.path("matchLabels").isEmpty() && expressions.isEmpty()) {
      return false;
    }
    for (JsonNode expression : expressions) {
      JsonNode value = labels.path(expression.path("key").asText());
      boolean in = false;
      for (JsonNode wanted : expression.path("values")) {
        in |= value.isTextual() && wanted.asText().equals(value.asText());
      }
      boolean fits =
          switch (expression.path("operator").asText()) {
            case "In" -> in;
            case "NotIn" -> !in;
            case "Exists" -> value.isTextual();
            case "DoesNotExist" -> value.isMissingNode();
            default -> false;
          };
      if (!fits) {
        return false;
      }
    }
    return selector.path("matchLabels").isEmpty() || matches(selector.path("matchLabels"), labels);
  }

  private static boolean matches(JsonNode wanted, JsonNode labels) {
    for (Map.Entry<String, JsonNode> label : wanted.properties()) {
      if (!label.getValue().equals(labels.path(label.getKey()))) {
        return false;
      }
    }
    return !wanted.isEmpty();
  }

  private static JsonNode template(KubeObject workload) {
    return workload.kind().equals("CronJob")
        ? workload.at("spec", "jobTemplate", "spec", "template")
        : workload.at("spec", "template");
  }

  private static void ofVolume(Set<ObjectKey> needed, String namespace, JsonNode volume) {
    add(needed, namespace, "ConfigMap", volume.path("configMap").path("name"));
    add(needed, namespace, "Secret", volume.path("secret").path("secretName"));
    // In a projected volume it is called as everywhere else.
    add(needed, namespace, "Secret", volume.path("secret").path("name"));
    add(
        needed,
        namespace,
        "PersistentVolumeClaim",
        volume.path("persistentVolumeClaim").path("claimName"));
  }

  private static void add(Set<ObjectKey> into, String namespace, String kind, JsonNode name) {
    if (name.isTextual()) {
      into.add(new ObjectKey("", kind, namespace, name.textValue()));
    }
  }
}
