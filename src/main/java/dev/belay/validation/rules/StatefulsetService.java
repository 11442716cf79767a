package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A StatefulSet that was to have names in DNS, since the release has a headless Service for its
 * Pods, and that names another one, which is not there. Many a StatefulSet names a Service that was
 * never made, and needs no names: of those nothing is said, nor of one that is there already, since
 * serviceName can't be changed.
 */
public final class StatefulsetService {

  public static final Rule RULE =
      Rule.of("statefulset-service")
          .kinds("apps/StatefulSet")
          .ofRelease()
          .warns(
              "A new StatefulSet names a Service that is neither in the release nor in its"
                  + " namespace, although there is a headless one for its Pods: they have no names"
                  + " in DNS.")
          .remedy("Name that one; it can't be changed later.")
          .source(
              "kubernetes v1.37.2, pkg/controller/statefulset/stateful_set_utils.go,"
                  + " initIdentity; pkg/controller/endpointslice, shouldSetHostname")
          .check(StatefulsetService::violations);

  private StatefulsetService() {}

  private static List<Violation> violations(KubeObject set, Scope scope) {
    Part name = Part.of(set).at("spec", "serviceName");
    String namespace = scope.namespaceOf(set);
    if (name.text().isEmpty()
        || !scope.find("v1", "Service", namespace, name.text()).isMissing()
        || Makers.of(scope).mayMake("services", name.text())) {
      return List.of();
    }
    Optional<KubeObject> meant = headless(set, namespace, scope);
    return meant.isPresent()
            && scope.live("apps/v1", "StatefulSet", namespace, set.name()).isMissing()
        ? List.of(
            name.wrong(
                "there is no such Service, and %s selects its Pods"
                    .formatted(meant.get().key().display())))
        : List.of();
  }

  private static Optional<KubeObject> headless(KubeObject set, String namespace, Scope scope) {
    Map<String, String> labels = PodTemplate.of(set).flatMap(PodTemplate::labels).orElse(Map.of());
    return scope.release().stream()
        .filter(object -> object.kind().equals("Service") && object.group().isEmpty())
        .filter(service -> service.text("", "spec", "clusterIP").equals("None"))
        .filter(service -> scope.namespaceOf(service).equals(namespace))
        .filter(
            service ->
                ServicePods.selector(service)
                    .map(selector -> ServicePods.selects(selector, labels))
                    .orElse(false))
        .findFirst();
  }
}
