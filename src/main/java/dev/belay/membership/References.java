package dev.belay.membership;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.LabelSelector;
import dev.belay.manifest.ObjectKey;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What objects refer to, by name or by label. */
public final class References {

  private References() {}

  /** The objects that the Pods of this workload need. */
  public static Set<ObjectKey> ofPods(KubeObject workload) {
    Set<ObjectKey> needed = new HashSet<>();
    JsonNode pod = workload.podTemplate().path("spec");
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

  /** The ConfigMaps and Secrets that the Pods of this workload read. */
  public static Set<ObjectKey> dataOfPods(KubeObject workload) {
    Set<ObjectKey> data = ofPods(workload);
    data.removeIf(key -> !key.kind().equals("ConfigMap") && !key.kind().equals("Secret"));
    return data;
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
    Map<String, String> labels =
        LabelSelector.labels(workload.podTemplate().path("metadata").path("labels"))
            .orElse(Map.of());
    return switch (selecting.kind()) {
      case "Service" -> matches(LabelSelector.labels(selecting.at("spec", "selector")), labels);
      case "PodDisruptionBudget" -> matches(selecting.at("spec", "selector"), labels);
      case "NetworkPolicy" -> matches(selecting.at("spec", "podSelector"), labels);
      default -> false;
    };
  }

  private static boolean matches(JsonNode selector, Map<String, String> labels) {
    return LabelSelector.read(selector)
        .filter(read -> !read.isEmpty() && read.matches(labels))
        .isPresent();
  }

  private static boolean matches(Optional<Map<String, String>> wanted, Map<String, String> labels) {
    return wanted
        .filter(all -> !all.isEmpty() && labels.entrySet().containsAll(all.entrySet()))
        .isPresent();
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
