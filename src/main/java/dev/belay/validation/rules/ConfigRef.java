package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A ConfigMap or Secret that a container needs, and that is not there. */
public final class ConfigRef {

  public static final Rule RULE =
      Rule.of("config-ref")
          .kinds(PodTemplate.KINDS)
          .ofRelease()
          .warns(
              "A container needs a ConfigMap or Secret that is neither in the release nor in its"
                  + " namespace, or that the upgrade removes: it waits until there is one.")
          .remedy("Keep or create it, or set optional: true.")
          .source(
              "kubernetes v1.37.2, pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables, and"
                  + " pkg/volume")
          .check(ConfigRef::violations);

  private ConfigRef() {}

  private static List<Violation> violations(KubeObject workload, Scope scope) {
    Set<String> looked = new HashSet<>();
    return PodTemplate.of(workload).stream()
        .flatMap(template -> ConfigRefs.of(template).stream())
        .filter(ref -> looked.add(ref.kind() + "/" + ref.name().text()))
        .filter(ref -> ref.find(scope, workload).isMissing())
        .filter(ref -> !Makers.of(scope).mayMake(ref.plural(), ref.name().text()))
        .map(ref -> ref.name().wrong(ref.find(scope, workload).problem(ref.kind())))
        .toList();
  }
}
