package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A pull secret that is not there. The kubelet goes on without it: a private image fails then. */
public final class PullSecret {

  public static final Rule RULE =
      Rule.of("pull-secret")
          .kinds(PodTemplate.KINDS)
          .ofRelease()
          .warns(
              "imagePullSecrets names a Secret that is neither in the release nor in its namespace,"
                  + " or that the upgrade removes: a private image can't be pulled.")
          .remedy("Keep or create it, or leave it out.")
          .source("kubernetes v1.37.2, pkg/kubelet/kubelet_pods.go, getPullSecretsForPod")
          .check(PullSecret::violations);

  private PullSecret() {}

  private static List<Violation> violations(KubeObject workload, Scope scope) {
    Set<String> looked = new HashSet<>();
    return PodTemplate.of(workload).stream()
        .flatMap(template -> template.spec().child("imagePullSecrets").elements().stream())
        .map(reference -> reference.child("name"))
        .filter(name -> !name.text().isEmpty())
        .filter(name -> looked.add(name.text()))
        .filter(
            name ->
                scope.find("v1", "Secret", scope.namespaceOf(workload), name.text()).isMissing())
        .filter(name -> !Makers.of(scope).mayMake("secrets", name.text()))
        .map(
            name ->
                name.wrong(
                    scope
                        .find("v1", "Secret", scope.namespaceOf(workload), name.text())
                        .problem("Secret")))
        .toList();
  }
}
