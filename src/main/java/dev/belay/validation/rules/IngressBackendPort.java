package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An Ingress that sends requests to a port that its Service does not have. A target port passes
 * too: ingress-nginx takes one ({@code controller.go}, serviceEndpoints).
 */
public final class IngressBackendPort {

  public static final Rule RULE =
      Rule.of("ingress-backend-port")
          .kinds(IngressBackends.KIND)
          .ofRelease()
          .warns("A backend names a port that its Service does not have: requests to it fail.")
          .remedy("Name a port of the Service.")
          .source(
              "kubernetes v1.37.2, staging/src/k8s.io/api/networking/v1/types.go,"
                  + " ServiceBackendPort")
          .check(IngressBackendPort::violations);

  private IngressBackendPort() {}

  private static List<Violation> violations(KubeObject ingress, Scope scope) {
    Set<String> told = new HashSet<>();
    return IngressBackends.of(ingress).stream()
        .flatMap(
            backend ->
                scope
                    .find("v1", "Service", scope.namespaceOf(ingress), backend.child("name").text())
                    .object()
                    .stream()
                    .flatMap(service -> missing(backend, service).stream())
                    .filter(port -> told.add(backend.child("name").text() + port.node()))
                    .map(
                        port ->
                            port.wrong(
                                "Service %s has no such port"
                                    .formatted(backend.child("name").text()))))
        .toList();
  }

  private static Optional<Part> missing(Part backend, KubeObject service) {
    Part name = backend.at("port", "name");
    Part number = backend.at("port", "number");
    Part wanted = name.text().isEmpty() ? number : name;
    List<Part> ports = Part.of(service).at("spec", "ports").elements();
    boolean readable = wanted.node().isTextual() || wanted.node().isIntegralNumber();
    // Whatever an external name listens on is reached without being listed.
    if (!readable
        || ports.isEmpty()
        || service.text("", "spec", "type").equals("ExternalName")
        || ports.stream().anyMatch(port -> is(port, wanted.node().asText()))) {
      return Optional.empty();
    }
    return Optional.of(wanted);
  }

  private static boolean is(Part port, String wanted) {
    return !port.node().isObject()
        || Stream.of("name", "port", "targetPort")
            .map(field -> port.child(field).node().asText())
            .anyMatch(value -> Objects.equals(value, wanted));
  }
}
