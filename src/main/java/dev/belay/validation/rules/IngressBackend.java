package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** An Ingress that sends requests to a Service that is not there. */
public final class IngressBackend {

  public static final Rule RULE =
      Rule.of("ingress-backend")
          .kinds(IngressBackends.KIND)
          .ofRelease()
          .warns(
              "A backend names a Service that is neither in the release nor in its namespace,"
                  + " or that the upgrade removes: requests to it fail.")
          .remedy("Name a Service that is there.")
          .source(
              "kubernetes v1.37.2, staging/src/k8s.io/api/networking/v1/types.go,"
                  + " IngressServiceBackend")
          .check(IngressBackend::violations);

  private IngressBackend() {}

  private static List<Violation> violations(KubeObject ingress, Scope scope) {
    Set<String> looked = new HashSet<>();
    String namespace = scope.namespaceOf(ingress);
    return IngressBackends.of(ingress).stream()
        .map(service -> service.child("name"))
        .filter(name -> looked.add(name.text()))
        .filter(name -> scope.find("v1", "Service", namespace, name.text()).isMissing())
        .filter(name -> !Makers.of(scope).mayMake("services", name.text()))
        .map(
            name ->
                name.wrong(scope.find("v1", "Service", namespace, name.text()).problem("Service")))
        .toList();
  }
}
