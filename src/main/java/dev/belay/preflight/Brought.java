package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.belay.cluster.Actor;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the cluster will have, or will judge by, only once the release is applied: a question asked
 * before can't know it. Each answer is what the release does with the object that is the reason, in
 * words that go on after <em>this release</em>; empty where there is none.
 *
 * @param objects everything that is written
 * @param deeds what it does with one of these; empty for one that is there already as it is written
 */
record Brought(List<KubeObject> objects, Function<KubeObject, Optional<String>> deeds) {

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

  static Brought by(Change change, Function<KubeObject, Optional<String>> deeds) {
    return new Brought(change.written(), deeds);
  }

  /** What defines the kind of this object, as people read it. */
  Optional<String> kind(KubeObject object) {
    String kind = object.key().groupKind();
    return objects.stream()
        .filter(definition -> definition.kind().equals("CustomResourceDefinition"))
        .filter(
            definition ->
                kind.equals(
                    definition.text("", "spec", "names", "kind")
                        + "."
                        + definition.text("", "spec", "group")))
        .filter(definition -> deeds.apply(definition).isPresent())
        .map(definition -> definition.key().display())
        .findFirst();
  }

  /** The namespace that this object is in. */
  Optional<String> namespace(KubeObject object) {
    return object.namespace().isEmpty() ? Optional.empty() : named("Namespace", object.namespace());
  }

  /** The object of this kind and name. */
  Optional<String> named(String kind, String name) {
    return first(object -> object.kind().equals(kind) && object.name().equals(name));
  }

  /** Whether an object of this kind and name is written, whatever is live. */
  boolean has(String kind, String name) {
    return objects.stream()
        .anyMatch(object -> object.kind().equals(kind) && object.name().equals(name));
  }

  /** A quota. */
  Optional<String> quotas() {
    return first(object -> object.kind().equals("ResourceQuota"));
  }

  /** The quota that refuses in these words. */
  Optional<String> quota(String message) {
    return first(
        object ->
            object.kind().equals("ResourceQuota")
                && (message.contains("quota: " + object.name() + ",")
                    || message.contains("quota: " + object.name() + ":")));
  }

  /** What the refusals of LimitRanges depend on. */
  Optional<String> limits() {
    return first(object -> object.kind().equals("LimitRange"));
  }

  /**
   * What this refusal by a policy or a webhook depends on: that one itself, what a policy engine
   * judges by, or anything that may change the object before it is judged.
   */
  Optional<String> policies(String message) {
    return first(
        object ->
            isPolicy(object)
                && switch (object.kind()) {
                  case "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding" ->
                      message.contains("'" + object.name() + "'");
                  case "ValidatingWebhookConfiguration" -> hasWebhook(object, message);
                  default -> true;
                });
  }

  /** The webhook that is named in these words, or the Service at which it was not found. */
  Optional<String> webhook(String message) {
    return first(
        object ->
            WEBHOOKS.contains(object.kind())
                ? hasWebhook(object, message)
                : object.key().groupKind().equals("Service") && isCalled(object, message));
  }

  /** {@code Post "https://web.shop.svc:443/validate?timeout=10s": service "web" not found}. */
  private static boolean isCalled(KubeObject service, String message) {
    String where = service.namespace().isEmpty() ? "" : service.namespace() + ".svc";
    return message.contains("//" + service.name() + "." + where);
  }

  private static boolean hasWebhook(KubeObject configuration, String message) {
    return configuration.list("webhooks").stream()
        .map(webhook -> webhook.path("name").asText())
        .anyMatch(name -> message.contains("\"" + name + "\""));
  }

  /** What of it changes Pods before they are judged, as people read it; empty if nothing does. */
  Optional<String> mutation() {
    return objects.stream()
        .filter(object -> MUTATING.contains(object.kind()) && deeds.apply(object).isPresent())
        .map(object -> object.key().display())
        .findFirst();
  }

  /**
   * What else this object is refused in view of: the labels of its namespace, by which policies are
   * chosen; the role that it binds; the class of a claim, or of a Pod; or another object of its own
   * kind that is named in the refusal, such as the Ingress that has had the host until now.
   */
  Optional<String> surroundings(KubeObject refused, String message) {
    return namespace(refused)
        .or(
            () ->
                switch (refused.kind()) {
                  case "RoleBinding", "ClusterRoleBinding" ->
                      named(
                          refused.text("", "roleRef", "kind"), refused.text("", "roleRef", "name"));
                  case "PersistentVolumeClaim" ->
                      named("StorageClass", refused.text("", "spec", "storageClassName"));
                  case "Pod" -> ofPod(refused, message);
                  default -> Optional.empty();
                })
        .or(
            () ->
                MISSING.matcher(message).find()
                    ? Optional.empty()
                    : first(other -> isAnother(other, refused) && mentions(message, other.name())));
  }

  /**
   * By its class a Pod gets an overhead and a node; its account says which Secrets it may mount.
   */
  private Optional<String> ofPod(KubeObject pod, String message) {
    String account = PodOf.account(pod);
    return runtimeClass(pod)
        // One that is not there yet is stood in for.
        .filter(changes -> !message.endsWith(" not found"))
        .or(
            () ->
                message.contains("service account " + account + " ")
                    ? named("ServiceAccount", account)
                    : Optional.empty());
  }

  /** The class of this Pod, by which it gets an overhead that quotas count. */
  Optional<String> runtimeClass(KubeObject pod) {
    return named("RuntimeClass", pod.text("", "spec", "runtimeClassName"));
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
    for (int at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
      int end = at + name.length();
      boolean sentenceEnds =
          end < text.length()
              && text.charAt(end) == '.'
              && (end + 1 == text.length() || !isOfName(text.charAt(end + 1)));
      boolean before = at > 0 && (isOfName(text.charAt(at - 1)) || text.charAt(at - 1) == '.');
      boolean after =
          end < text.length()
              && (isOfName(text.charAt(end)) || (text.charAt(end) == '.' && !sentenceEnds));
      if (!before && !after) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-';
  }

  /** Whether policies, webhooks or policy engines refuse by this object. */
  static boolean isPolicy(KubeObject object) {
    return POLICIES.contains(object.kind())
        || ENGINES.stream().anyMatch(group -> inGroup(object, group));
  }

  /**
   * What in it may make an account of this name, as people read it: a custom resource that says the
   * name, or a role with the right to.
   */
  Optional<String> makesAccount(String name) {
    return objects.stream()
        .filter(
            object ->
                (isCustom(object) && says(object.json(), name))
                    || (ROLES.contains(object.kind()) && mayCreate(object, "serviceaccounts")))
        .map(object -> object.key().display())
        .findFirst();
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

  /** What the rights of this actor depend on: bindings of its own. */
  Optional<String> rights(Actor actor) {
    return first(
        object ->
            BINDINGS.contains(object.kind())
                && object.list("subjects").stream().anyMatch(subject -> names(subject, actor)));
  }

  /** A role that grants what this message says is missing: it may be bound to the actor already. */
  Optional<String> grants(String message) {
    Matcher missing = MISSING.matcher(message);
    return !missing.find()
        ? Optional.empty()
        : first(
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

  /** A role of this name, in a namespace or for all. */
  Optional<String> role(String name) {
    return named("Role", name).or(() -> named("ClusterRole", name));
  }

  /** What runs in it and may install kinds of its own. */
  Optional<String> installers() {
    return objects.stream()
        .filter(object -> object.kind().equals("Job") || object.kind().equals("Pod"))
        .map(object -> "runs " + object.key().display())
        .findFirst();
  }

  /** The first of these that the release makes or changes. */
  Optional<String> first(Predicate<KubeObject> which) {
    return objects.stream()
        .filter(which)
        .flatMap(object -> deeds.apply(object).stream())
        .findFirst();
  }
}
