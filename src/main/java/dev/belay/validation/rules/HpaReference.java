package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Found;
import dev.belay.validation.Scope;
import java.util.Optional;
import java.util.Set;

/**
 * The workload that an HPA scales, where it is of a kind whose Pods are known: of another kind only
 * its own controller knows what belongs to it.
 *
 * @param kind its kind, in group {@code apps}
 * @param name where its name stands
 * @param namespace the namespace of both
 */
record HpaReference(String kind, Part name, String namespace) {

  static final String VERSION = "apps/v1";

  private static final Set<String> KINDS = Set.of("Deployment", "StatefulSet", "ReplicaSet");

  static Optional<HpaReference> of(KubeObject hpa, Scope scope) {
    Part target = Hpa.spec(hpa).child("scaleTargetRef");
    String kind = target.child("kind").text();
    Part name = target.child("name");
    return target.child("apiVersion").text().equals(VERSION)
            && KINDS.contains(kind)
            && !name.text().isEmpty()
        ? Optional.of(new HpaReference(kind, name, scope.namespaceOf(hpa)))
        : Optional.empty();
  }

  Found find(Scope scope) {
    return scope.find(VERSION, kind, namespace, name.text());
  }

  /** What its Pods look like; empty when it is not there, or that is not known. */
  Optional<PodTemplate> template(Scope scope) {
    return find(scope).object().flatMap(PodTemplate::of);
  }
}
