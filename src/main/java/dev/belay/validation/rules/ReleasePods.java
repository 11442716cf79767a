package dev.belay.validation.rules;

import dev.belay.validation.Scope;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The templates of all workloads of a release, by namespace. */
final class ReleasePods {

  private final Map<String, List<PodTemplate>> byNamespace;

  private ReleasePods(Scope scope) {
    byNamespace =
        scope.release().stream()
            .flatMap(object -> PodTemplate.of(object).stream())
            .collect(Collectors.groupingBy(pods -> scope.namespaceOf(pods.workload())));
  }

  /** Those in this namespace, in the order of the release. */
  static List<PodTemplate> in(String namespace, Scope scope) {
    return scope
        .once(ReleasePods.class, ReleasePods::new)
        .byNamespace
        .getOrDefault(namespace, List.of());
  }
}
