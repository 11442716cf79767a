package dev.belay.validation.rules;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.validation.Scope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether something in the release may make, while it is applied or afterwards, what its manifest
 * does not have: a Job that makes a certificate, an operator that serves a custom resource, a
 * controller that reads an annotation. What may still be made is not missing.
 */
final class Makers {

  private static final Set<String> BUILT_IN =
      Set.of(
          "",
          "admissionregistration.k8s.io",
          "apiextensions.k8s.io",
          "apiregistration.k8s.io",
          "apps",
          "autoscaling",
          "batch",
          "certificates.k8s.io",
          "coordination.k8s.io",
          "discovery.k8s.io",
          "events.k8s.io",
          "flowcontrol.apiserver.k8s.io",
          "networking.k8s.io",
          "node.k8s.io",
          "policy",
          "rbac.authorization.k8s.io",
          "resource.k8s.io",
          "scheduling.k8s.io",
          "storage.k8s.io");

  /** Custom resources that are in many charts, often named like the release, and make nothing. */
  private static final Set<String> IDLE =
      Set.of(
          "monitoring.coreos.com/ServiceMonitor",
          "monitoring.coreos.com/PodMonitor",
          "monitoring.coreos.com/PrometheusRule",
          "gateway.networking.k8s.io/HTTPRoute",
          "gateway.networking.k8s.io/GRPCRoute");

  /** Custom resources that make only what they name in full, and no Pods. */
  private static final Set<String> OUTSPOKEN =
      Set.of(
          "bitnami.com",
          "cert-manager.io",
          "external-secrets.io",
          "keda.sh",
          "networking.istio.io",
          "security.istio.io",
          "traefik.io");

  private static final Set<String> MAKE = Set.of("create", "*");
  private static final Set<String> CHANGE = Set.of("update", "patch", "*");
  private static final Set<String> STRONG_ROLES = Set.of("cluster-admin", "admin", "edit");

  private final Set<String> mentioned = new HashSet<>();
  private final List<String> customNames = new ArrayList<>();
  private final Set<String> makes = new HashSet<>();
  private final Set<String> changes = new HashSet<>();

  private Makers(Scope scope) {
    for (KubeObject object : scope.release()) {
      mentioned.addAll(object.annotations().values());
      switch (object.kind()) {
        case "Role", "ClusterRole" -> rights(object);
        case "RoleBinding", "ClusterRoleBinding" -> {
          if (STRONG_ROLES.contains(object.text("", "roleRef", "name"))) {
            makes.add("*");
            changes.add("*");
          }
        }
        case "Ingress" -> certificates(object);
        default -> {}
      }
      if (isCustom(object)) {
        texts(object.json());
        if (!OUTSPOKEN.contains(object.group())) {
          customNames.add(object.name());
        }
      }
    }
  }

  static Makers of(Scope scope) {
    return scope.once(Makers.class, Makers::new);
  }

  /**
   * Whether this object may be made by something that comes with the release.
   *
   * @param plural the kind, as rights name it: {@code secrets}
   */
  boolean mayMake(String plural, String name) {
    return may(makes, plural)
        || mentioned.contains(name)
        || customNames.stream().anyMatch(name::contains);
  }

  /** Whether an existing object of this kind may be changed by something in the release. */
  boolean mayChange(String plural) {
    return may(changes, plural);
  }

  /** Whether this name stands anywhere in a custom resource of the release. */
  boolean mention(String name) {
    return mentioned.contains(name);
  }

  /** Whether Pods, or labels of Pods, may come from more than the workloads of the manifest. */
  boolean mayMakePods() {
    return !customNames.isEmpty()
        || may(changes, "pods")
        || List.of("pods", "deployments", "statefulsets", "daemonsets", "replicasets", "jobs")
            .stream()
            .anyMatch(plural -> may(makes, plural));
  }

  private static boolean may(Set<String> rights, String plural) {
    return rights.contains(plural) || rights.contains("*");
  }

  private static boolean isCustom(KubeObject object) {
    return !BUILT_IN.contains(object.group())
        && !IDLE.contains(object.group() + "/" + object.kind());
  }

  private void rights(KubeObject role) {
    for (JsonNode rule : role.list("rules")) {
      for (JsonNode verb : rule.path("verbs")) {
        if (MAKE.contains(verb.asText())) {
          rule.path("resources").forEach(resource -> makes.add(resource.asText()));
        }
        if (CHANGE.contains(verb.asText())) {
          rule.path("resources").forEach(resource -> changes.add(resource.asText()));
        }
      }
    }
  }

  /** cert-manager and its like make the Secret that an Ingress names. */
  private void certificates(KubeObject ingress) {
    ingress.list("spec", "tls").forEach(tls -> mentioned.add(tls.path("secretName").asText("")));
  }

  private void texts(JsonNode node) {
    if (node.isTextual()) {
      mentioned.add(node.textValue());
    }
    node.forEach(this::texts);
  }
}
