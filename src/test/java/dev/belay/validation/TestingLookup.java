package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Optional;

/** A cluster that holds these objects, and of which everything is known. */
record TestingLookup(List<KubeObject> live) implements Lookup {

  @Override
  public Found find(String apiVersion, String kind, String namespace, String name) {
    return matching(apiVersion, kind, namespace).stream()
        .filter(object -> object.name().equals(name))
        .findFirst()
        .<Found>map(Found.There::new)
        .orElse(Found.Unseen.MISSING);
  }

  @Override
  public Optional<List<KubeObject>> list(String apiVersion, String kind, String namespace) {
    return Optional.of(matching(apiVersion, kind, namespace));
  }

  private List<KubeObject> matching(String apiVersion, String kind, String namespace) {
    return live.stream()
        .filter(object -> object.apiVersion().equals(apiVersion) && object.kind().equals(kind))
        .filter(object -> namespace.equals(Scope.CLUSTER) || namespace.equals(namespace(object)))
        .toList();
  }

  private static String namespace(KubeObject object) {
    return object.namespace().isEmpty() ? Fixture.NAMESPACE : object.namespace();
  }
}
