package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.cluster.Actor;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the cluster will have, or will judge by, only once the release is applied: a question asked
 * before can't know it.
 *
 * @param objects everything that is written
 * @param stays which of these are there already as they are written
 */
record Brought(List<KubeObject> objects, Predicate<KubeObject> stays) {

  private static final Set<String> WEBHOOKS =
      Set.of("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration");

  private static final Set<String> MUTATING =
      Set.of(
          "MutatingAdmissionPolicy",
          "MutatingAdmissionPolicyBinding",
          "MutatingWebhookConfiguration");

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

  static Brought by(Change change, Predicate<KubeObject> stays) {
    return new Brought(change.written(), stays);
  }

  /** Whether it defines the kind of this object. */
  boolean kind(KubeObject object) {
    String kind = object.key().groupKind();
    return any(
        definition ->
            definition.kind().equals("CustomResourceDefinition")
                && kind.equals(
                    definition.text("", "spec", "names", "kind")
                        + "."
                        + definition.text("", "spec", "group")));
  }

  /** Whether it makes or changes the namespace that this object is in. */
  boolean namespace(KubeObject object) {
    return !object.namespace().isEmpty() && named("Namespace", object.namespace());
  }

  /** Whether it makes or changes an object of this kind and name. */
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
                  case "ValidatingWebhookConfiguration" -> hasWebhook(object, message);
                  default -> true;
                });
  }

  /** Whether it has the webhook that is named in these words. */
  boolean webhook(String message) {
    return any(object -> WEBHOOKS.contains(object.kind()) && hasWebhook(object, message));
  }

  private static boolean hasWebhook(KubeObject configuration, String message) {
    return configuration.list("webhooks").stream()
        .map(webhook -> webhook.path("name").asText())
        .anyMatch(name -> message.contains("\"" + name + "\""));
  }

  /** What of it changes Pods before they are judged, as people read it; empty if nothing does. */
  Optional<String> mutation() {
    return objects.stream()
        .filter(object -> MUTATING.contains(object.kind()) && !stays.test(object))
        .map(object -> object.key().display())
        .findFirst();
  }

  /**
   * Whether this object is refused in view of others that the release makes or changes too: the
   * labels of its namespace, by which policies are chosen; the role that it binds; the class of a
   * claim; or another object of its own kind that is named in the refusal, such as the Ingress that
   * has had the host until now.
   */
  boolean surroundings(KubeObject refused, String message) {
    return namespace(refused)
        || switch (refused.kind()) {
          case "RoleBinding", "ClusterRoleBinding" ->
              named(refused.text("", "roleRef", "kind"), refused.text("", "roleRef", "name"));
          case "PersistentVolumeClaim" ->
              named("StorageClass", refused.text("", "spec", "storageClassName"));
          default -> false;
        }
        || (!MISSING.matcher(message).find()
            && any(other -> isAnother(other, refused) && mentions(message, other.name())));
  }

  private static boolean isAnother(KubeObject other, KubeObject object) {
    return other.key().groupKind().equals(object.key().groupKind())
        && !other.name().isEmpty()
        && !other.name().equals(object.name())
        // Refusals say the namespace too, and many a release is called like its own.
        && !other.name().equals(object.namespace());
  }

  /** Whether this name stands in the text by itself, and is no part of another one. */
  private static boolean mentions(String text, String name) {
    return Pattern.compile("(?<![\\w.-])" + Pattern.quote(name) + "(?![\\w-]|\\.\\w)")
        .matcher(text)
        .find();
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
    return objects.stream()
        .anyMatch(
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
    return objects.stream()
        .anyMatch(object -> object.kind().equals("Job") || object.kind().equals("Pod"));
  }

  private boolean has(String kind) {
    return any(object -> object.kind().equals(kind));
  }

  /** Whether it makes or changes one of these. */
  boolean any(Predicate<KubeObject> what) {
    return objects.stream().anyMatch(object -> what.test(object) && !stays.test(object));
  }
}
