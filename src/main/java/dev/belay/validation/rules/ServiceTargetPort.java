package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A port that is sent on to a name which no container of the selected Pods gives a port. */
public final class ServiceTargetPort {

  public static final Rule RULE =
      Rule.of("service-target-port")
          .kinds("/Service")
          .ofRelease()
          .warns(
              "A targetPort is a name that no container of the selected Pods gives to a port of"
                  + " that protocol: requests to it fail.")
          .remedy("Name a port of a container, or give its number.")
          .source("kubernetes v1.37.2, staging/src/k8s.io/endpointslice/utils.go, FindPort")
          .check(ServiceTargetPort::violations);

  private ServiceTargetPort() {}

  private static List<Violation> violations(KubeObject service, Scope scope) {
    List<Part> named =
        Part.of(service).at("spec", "ports").elements().stream()
            .filter(port -> port.child("targetPort").text().chars().anyMatch(Character::isLetter))
            .toList();
    Optional<Map<String, String>> selector = ServicePods.selector(service);
    if (named.isEmpty() || selector.isEmpty()) {
      return List.of();
    }
    List<PodTemplate> possible =
        ReleasePods.in(scope.namespaceOf(service), scope).stream()
            .filter(pods -> ServicePods.maySelect(selector.get(), pods.labels()))
            .toList();
    Optional<PodTemplate> certain =
        possible.stream()
            .filter(
                pods ->
                    pods.labels()
                        .map(labels -> ServicePods.selects(selector.get(), labels))
                        .orElse(false))
            .findFirst();
    boolean more =
        possible.stream().anyMatch(pods -> pods.isInjected() || pods.lasting().isEmpty());
    if (certain.isEmpty() || more) {
      return List.of();
    }
    String workload = certain.get().workload().key().display();
    return named.stream()
        .filter(port -> possible.stream().noneMatch(pods -> has(pods, port)))
        .map(port -> port.child("targetPort"))
        .map(target -> target.wrong("%s has no port of this name".formatted(workload)))
        .toList();
  }

  private static boolean has(PodTemplate pods, Part servicePort) {
    String name = servicePort.child("targetPort").text();
    return pods.lasting().stream()
        .anyMatch(
            container ->
                PodTemplate.mayHavePort(
                    container,
                    port ->
                        port.child("name").text().equals(name)
                            && protocol(port).equals(protocol(servicePort))));
  }

  private static String protocol(Part port) {
    String protocol = port.child("protocol").text();
    return protocol.isEmpty() ? "TCP" : protocol;
  }
}
