package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.cluster.Actor;
import dev.belay.manifest.KubeObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the cluster will have, or will judge by, only once the release is applied: a question asked
 * before can't know it.
 *
 * @param objects everything that is written
 * @param kinds definitions of kinds among it, by what they define as {@code Kind.group}
 * @param namespaces namespaces that it makes or changes
 */
record Brought(List<KubeObject> objects, Map<String, KubeObject> kinds, Set<String> namespaces) {

  private static final Set<String> POLICIES =
      Set.of(
          "ValidatingAdmissionPolicy",
          "ValidatingAdmissionPolicyBinding",
          "MutatingAdmissionPolicy",
          "MutatingAdmissionPolicyBinding",
          "ValidatingWebhookConfiguration",
          "MutatingWebhookConfiguration");

  /** Groups of the kinds by which policy engines are told what to refuse. */
  private static final Set<String> ENGINES =
      Set.of("gatekeeper.sh", "kyverno.io", "kubewarden.io", "policy.sigstore.dev");

  private static final Set<String> BINDINGS = Set.of("RoleBinding", "ClusterRoleBinding");

  private static final Set<String> ROLES = Set.of("Role", "ClusterRole");

  /** As the API server says which right somebody lacks: verb, resource and group. */
  private static final Pattern MISSING =
      Pattern.compile("cannot ([a-z]+) resource \"([^\"]+)\" in API group \"([^\"]*)\"");

  static Brought by(Change change) {
    Map<String, KubeObject> kinds = new HashMap<>();
    Set<String> namespaces = new HashSet<>();
    for (KubeObject object : change.written()) {
      if (object.kind().equals("CustomResourceDefinition")) {
        kinds.put(
            object.text("", "spec", "names", "kind") + "." + object.text("", "spec", "group"),
            object);
      } else if (object.kind().equals("Namespace") && object.group().isEmpty()) {
        namespaces.add(object.name());
      }
    }
    return new Brought(change.written(), kinds, namespaces);
  }

  /** Whether the release has an object of this kind and name. */
  boolean named(String kind, String name) {
    return any(object -> object.kind().equals(kind) && object.name().equals(name));
  }

  /** Whether it has quotas. */
  boolean quotas() {
    return has("ResourceQuota");
  }

  /** Whether it has the quota that refuses in these words. */
  boolean quota(String message) {
    return any(
        object ->
            object.kind().equals("ResourceQuota")
                && message.matches("(?s).*quota: " + Pattern.quote(object.name()) + "[,:].*"));
  }

  /** Whether it has what the refusals of LimitRanges depend on. */
  boolean limits() {
    return has("LimitRange");
  }

  /**
   * Whether it has what this refusal by a policy or a webhook depends on: that one itself, what a
   * policy engine judges by, or anything that may change the object before it is judged.
   */
  boolean policies(String message) {
    return any(
        object ->
            isPolicy(object)
                && switch (object.kind()) {
                  case "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding" ->
                      message.contains("'" + object.name() + "'");
                  case "ValidatingWebhookConfiguration" ->
                      object.list("webhooks").stream()
                          .map(webhook -> webhook.path("name").asText())
                          .anyMatch(name -> message.contains("\"" + name + "\""));
                  default -> true;
                });
  }

  /** Whether policies, webhooks or policy engines refuse by this object. */
  static boolean isPolicy(KubeObject object) {
    return POLICIES.contains(object.kind())
        || ENGINES.stream().anyMatch(group -> inGroup(object, group));
  }

  /**
   * Whether something in it may make an account of this name: a custom resource that says the name,
   * or a role with the right to.
   */
  boolean makesAccount(String name) {
    return any(
        object ->
            (isCustom(object) && says(object.json(), name))
                || (ROLES.contains(object.kind()) && mayCreate(object, "serviceaccounts")));
  }

  /** Whether the object is of a kind that somebody's controller acts on. */
  static boolean isCustom(KubeObject object) {
    return object.group().contains(".") && !object.group().endsWith(".k8s.io");
  }

  private static boolean says(JsonNode node, String text) {
    if (node.isTextual()) {
      return node.textValue().equals(text);
    }
    for (JsonNode child : node) {
      if (says(child, text)) {
        return true;
      }
    }
    return false;
  }

  private static boolean mayCreate(KubeObject role, String resource) {
    return role.list("rules").stream()
        .anyMatch(rule -> has(rule, "verbs", "create") && has(rule, "resources", resource));
  }

  /** Whether it has what the rights of this actor depend on: bindings of its own. */
  boolean rights(Actor actor) {
    return any(
        object ->
            BINDINGS.contains(object.kind())
                && object.list("subjects").stream().anyMatch(subject -> names(subject, actor)));
  }

  /**
   * Whether one of its roles grants what this message says is missing: the role may be bound to the
   * actor already.
   */
  boolean grants(String message) {
    Matcher missing = MISSING.matcher(message);
    return missing.find()
        && any(
            object ->
                ROLES.contains(object.kind())
                    && object.list("rules").stream()
                        .anyMatch(
                            rule ->
                                has(rule, "verbs", missing.group(1))
                                    && has(rule, "resources", missing.group(2))
                                    && has(rule, "apiGroups", missing.group(3))));
  }

  private static boolean inGroup(KubeObject object, String group) {
    return object.group().equals(group) || object.group().endsWith("." + group);
  }

  private static boolean has(JsonNode rule, String list, String wanted) {
    for (JsonNode entry : rule.path(list)) {
      if (entry.asText().equals("*") || entry.asText().equals(wanted)) {
        return true;
      }
    }
    return false;
  }

  private static boolean names(JsonNode subject, Actor actor) {
    String name = subject.path("name").asText();
    return switch (subject.path("kind").asText()) {
      case "User" -> name.equals(actor.username());
      case "Group" -> actor.groups().contains(name);
      case "ServiceAccount" ->
          actor.username().startsWith("system:serviceaccount:")
              && actor.username().endsWith(":" + name);
      default -> false;
    };
  }

  /** Whether it has a role of this name, in a namespace or for all. */
  boolean role(String name) {
    return named("Role", name) || named("ClusterRole", name);
  }

  /** Whether something runs in it that may install kinds of its own. */
  boolean installers() {
    return has("Job") || has("Pod");
  }

  private boolean has(String kind) {
    return any(object -> object.kind().equals(kind));
  }

  private boolean any(Predicate<KubeObject> what) {
    return objects.stream().anyMatch(what);
  }
}
