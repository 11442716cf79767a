package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Found;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A key that a container needs, and that its ConfigMap or Secret does not have. */
public final class ConfigKey {

  public static final Rule RULE =
      Rule.of("config-key")
          .kinds(PodTemplate.KINDS)
          .ofRelease()
          .warns(
              "A container needs a key that its ConfigMap or Secret does not have: it waits until"
                  + " there is one.")
          .remedy("Add it, or set optional: true.")
          .source(
              "kubernetes v1.37.2, pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables, and"
                  + " MakePayload in pkg/volume/configmap and secret")
          .check(ConfigKey::violations);

  private static final List<String> FIELDS = List.of("data", "stringData", "binaryData");

  private ConfigKey() {}

  private static List<Violation> violations(KubeObject workload, Scope scope) {
    List<Violation> violations = new ArrayList<>();
    Set<String> told = new HashSet<>();
    for (PodTemplate template : PodTemplate.of(workload).stream().toList()) {
      for (ConfigRefs.Ref ref : ConfigRefs.of(template)) {
        for (Part key : ref.keys()) {
          if (!key.text().isEmpty()
              && lacks(ref, key.text(), workload, scope)
              && told.add(ref.kind() + "/" + ref.name().text() + "/" + key.text())) {
            violations.add(
                key.wrong("%s %s has no such key".formatted(ref.kind(), ref.name().text())));
          }
        }
      }
    }
    return violations;
  }

  private static boolean lacks(ConfigRefs.Ref ref, String key, KubeObject workload, Scope scope) {
    Found found = ref.find(scope, workload);
    if (!(found instanceof Found.There there)
        || !isComplete(there.it())
        || has(there.it(), key, ref.asFile())
        || Makers.of(scope).mayChange(ref.plural())) {
      return false;
    }
    // What the release says of an object is not all of it: others may have added keys.
    return switch (scope.live("v1", ref.kind(), scope.namespaceOf(workload), ref.name().text())) {
      case Found.There live -> !has(live.it(), key, ref.asFile());
      case Found.Unseen.MISSING, Found.Unseen.GOING -> true;
      case Found.Unseen.UNKNOWN -> false;
    };
  }

  private static boolean has(KubeObject config, String key, boolean asFile) {
    return FIELDS.stream()
        .filter(field -> asFile || !field.equals("binaryData"))
        .anyMatch(field -> config.at(field).has(key));
  }

  /**
   * Whether its keys are its own. A token is filled in by a controller; so is an object that comes
   * without any key, and one that is marked for a CA bundle or a copy to be put into it.
   */
  private static boolean isComplete(KubeObject config) {
    boolean anyKey = FIELDS.stream().anyMatch(field -> !config.at(field).isEmpty());
    boolean readable =
        FIELDS.stream()
            .map(config::at)
            .allMatch(data -> data.isMissingNode() || data.isNull() || data.isObject());
    return anyKey
        && readable
        && !config.text("", "type").equals("kubernetes.io/service-account-token")
        && config.labels().keySet().stream().noneMatch(ConfigKey::asksForMore)
        && config.annotations().keySet().stream().noneMatch(ConfigKey::asksForMore);
  }

  private static boolean asksForMore(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    return lower.contains("inject") || lower.contains("replicat") || lower.contains("reflect");
  }
}
