package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.List;
import java.util.Optional;

/**
 * An Ingress of a class that is not there, where there are others. Some controllers know a class by
 * its name alone: in a cluster without any IngressClass nothing is said.
 */
public final class IngressClass {

  public static final Rule RULE =
      Rule.of("ingress-class")
          .kinds("networking.k8s.io/Ingress")
          .ofRelease()
          .warns(
              "ingressClassName is none of the classes in the release and in the cluster, which has"
                  + " others: no controller serves it.")
          .remedy("Name one of them.")
          .source("kubernetes v1.37.2, staging/src/k8s.io/api/networking/v1/types.go, IngressSpec")
          .check(IngressClass::violations);

  private static final String VERSION = "networking.k8s.io/v1";

  /** So many names are told. */
  private static final int MAX_NAMES = 3;

  private IngressClass() {}

  private static List<Violation> violations(KubeObject ingress, Scope scope) {
    Part name = Part.of(ingress).at("spec", "ingressClassName");
    if (name.text().isEmpty()) {
      return List.of();
    }
    Optional<List<KubeObject>> classes = scope.all(VERSION, "IngressClass", Scope.CLUSTER);
    List<String> names =
        classes.orElse(List.of()).stream().map(KubeObject::name).distinct().sorted().toList();
    if (names.isEmpty()
        || names.contains(name.text())
        || Makers.of(scope).mayMake("ingressclasses", name.text())) {
      return List.of();
    }
    List<String> told = names.subList(0, Math.min(names.size(), MAX_NAMES));
    return List.of(
        name.wrong(
            "the classes are "
                + String.join(", ", told)
                + (told.size() < names.size() ? " and others" : "")));
  }
}
