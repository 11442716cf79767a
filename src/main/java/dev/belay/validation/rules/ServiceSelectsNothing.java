package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Service without a Pod to send anything to: no template of the release can match it, and nothing
 * that is live does. Says nothing where Pods may come from elsewhere, from an operator for example.
 */
public final class ServiceSelectsNothing {

  public static final Rule RULE =
      Rule.of("service-selects-nothing")
          .kinds("/Service")
          .ofRelease()
          .warns(
              "The selector fits no workload of the release and nothing that is live in its"
                  + " namespace: requests to the Service fail.")
          .remedy("Select labels that the Pods have.")
          .source("kubernetes v1.37.2, pkg/controller/endpointslice, syncService")
          .check(ServiceSelectsNothing::violations);

  /** Live kinds besides Pods, which may have none at the moment. A Deployment has ReplicaSets. */
  private static final List<String> LIVE = List.of("ReplicaSet", "StatefulSet", "DaemonSet");

  private ServiceSelectsNothing() {}

  private static List<Violation> violations(KubeObject service, Scope scope) {
    Optional<Map<String, String>> selector = ServicePods.selector(service);
    boolean wrong =
        selector.isPresent()
            && ReleasePods.in(scope.namespaceOf(service), scope).stream()
                .noneMatch(pods -> ServicePods.maySelect(selector.get(), pods.labels()))
            && !Makers.of(scope).mayMakePods()
            && selectsNothingLive(selector.get(), scope.namespaceOf(service), scope);
    return wrong
        ? List.of(Part.of(service).at("spec", "selector").wrong("no Pod has these labels"))
        : List.of();
  }

  private static boolean selectsNothingLive(
      Map<String, String> selector, String namespace, Scope scope) {
    Optional<List<KubeObject>> pods = scope.all("v1", "Pod", namespace);
    if (pods.isEmpty()
        || pods.get().stream().anyMatch(pod -> ServicePods.selects(selector, pod.labels()))) {
      return false;
    }
    for (String kind : LIVE) {
      Optional<List<KubeObject>> workloads = scope.all("apps/v1", kind, namespace);
      if (workloads.isEmpty()
          || workloads.get().stream()
              .flatMap(workload -> PodTemplate.of(workload).stream())
              .anyMatch(template -> ServicePods.maySelect(selector, template.labels()))) {
        return false;
      }
    }
    return true;
  }
}
