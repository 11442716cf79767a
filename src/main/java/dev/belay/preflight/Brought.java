package dev.belay.preflight;

import dev.belay.manifest.KubeObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the cluster will have, or will judge by, only once the release is applied: a question asked
 * before can't know it.
 */
record Brought(List<KubeObject> objects) {

  private static final Set<String> POLICIES =
      Set.of(
          "ValidatingAdmissionPolicy",
          "ValidatingAdmissionPolicyBinding",
          "MutatingAdmissionPolicy",
          "MutatingAdmissionPolicyBinding",
          "ValidatingWebhookConfiguration",
          "MutatingWebhookConfiguration");

  private static final Set<String> RIGHTS =
      Set.of("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding");

  static Brought by(Change change) {
    return new Brought(change.written());
  }

  /** Kinds that the release defines, as {@code Kind.group}. */
  Set<String> kinds() {
    Set<String> kinds = new HashSet<>();
    for (KubeObject object : objects) {
      if (object.kind().equals("CustomResourceDefinition")) {
        kinds.add(
            object.text("", "spec", "names", "kind") + "." + object.text("", "spec", "group"));
      }
    }
    return kinds;
  }

  /** Namespaces that the release makes or changes. */
  Set<String> namespaces() {
    Set<String> names = new HashSet<>();
    for (KubeObject object : objects) {
      if (object.kind().equals("Namespace") && object.group().isEmpty()) {
        names.add(object.name());
      }
    }
    return names;
  }

  /** Whether the release has an object of this kind and name. */
  boolean named(String kind, String name) {
    return any(object -> object.kind().equals(kind) && object.name().equals(name));
  }

  /** Whether it has what a quota's refusal depends on. */
  boolean quotas() {
    return has("ResourceQuota");
  }

  /** Whether it has what the refusals of LimitRanges depend on. */
  boolean limits() {
    return has("LimitRange");
  }

  /** Whether it has what the refusals of policies and webhooks depend on. */
  boolean policies() {
    return any(object -> POLICIES.contains(object.kind()));
  }

  /** Whether it has what rights depend on. */
  boolean rights() {
    return any(object -> RIGHTS.contains(object.kind()));
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
