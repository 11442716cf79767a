package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A metric of a container that the Pods don't have. */
public final class HpaContainer {

  public static final Rule RULE =
      Hpa.rule("hpa-container")
          .ofRelease()
          .warns(
              "A ContainerResource metric names a container that the Pods of the target don't have:"
                  + " it can't be computed.")
          .remedy("Name a container of its Pods.")
          .source(
              "kubernetes v1.37.2, pkg/controller/podautoscaler/replica_calculator.go,"
                  + " calculatePodRequestsFromContainers")
          .check(HpaContainer::violations);

  /** Webhooks add containers like these; a template does not show them. */
  private static final Set<String> INJECTED =
      Set.of("proxy", "envoy", "dapr", "dataplane", "agent", "sidecar", "collector");

  private HpaContainer() {}

  private static List<Violation> violations(KubeObject hpa, Scope scope) {
    List<Part> named =
        Hpa.metrics(hpa).stream()
            .map(metric -> metric.at("containerResource", "container"))
            .filter(container -> !container.text().isEmpty() && !mayBeInjected(container.text()))
            .toList();
    if (named.isEmpty()) {
      return List.of();
    }
    Optional<HpaReference> target = HpaReference.of(hpa, scope);
    return target.flatMap(reference -> reference.template(scope)).stream()
        .filter(template -> !template.isInjected() && !template.lasting().isEmpty())
        .flatMap(
            template ->
                named.stream()
                    .filter(container -> names(template).noneMatch(container.text()::equals))
                    .map(
                        container ->
                            container.wrong(
                                "%s has no such container"
                                    .formatted(template.workload().key().display()))))
        .toList();
  }

  /** A container without a readable name may be the one. */
  private static Stream<String> names(PodTemplate template) {
    return template.lasting().stream().map(container -> container.child("name").text());
  }

  private static boolean mayBeInjected(String container) {
    String lower = container.toLowerCase(Locale.ROOT);
    return INJECTED.stream().anyMatch(lower::contains);
  }
}
