package dev.belay.validation.rules;

import dev.belay.manifest.KubeObject;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A claim of a StorageClass that is not there. A class that is only a name, shared with volumes
 * that were made by hand, is no mistake; nor is one that has gone since the claim was bound.
 */
public final class StorageClass {

  public static final Rule RULE =
      Rule.of("storage-class")
          .kinds("/PersistentVolumeClaim", "apps/StatefulSet")
          .ofRelease()
          .warns(
              "A new claim names a StorageClass that is neither in the release nor in the cluster,"
                  + " and no PersistentVolume has it: it stays pending.")
          .remedy("Name one that is there, or leave it out for the default.")
          .source(
              "kubernetes v1.37.2, pkg/controller/volume/persistentvolume, provisionClaim,"
                  + " findMatchingVolume")
          .check(StorageClass::violations);

  /** Where the class of a volume stood before there was a field, and is still read first. */
  private static final String OLD_FIELD = "volume.beta.kubernetes.io/storage-class";

  private StorageClass() {}

  private static List<Violation> violations(KubeObject object, Scope scope) {
    String namespace = scope.namespaceOf(object);
    String version = object.kind().equals("StatefulSet") ? "apps/v1" : "v1";
    return specs(object)
        .map(spec -> spec.child("storageClassName"))
        .filter(name -> !name.text().isEmpty())
        .filter(name -> !mayBind(name.text(), scope))
        // Asked last: most claims name a class that is there.
        .filter(name -> scope.live(version, object.kind(), namespace, object.name()).isMissing())
        .map(name -> name.wrong("there is no such StorageClass"))
        .toList();
  }

  private static Stream<Part> specs(KubeObject object) {
    Part spec = Part.of(object).child("spec");
    return object.kind().equals("StatefulSet")
        ? spec.child("volumeClaimTemplates").elements().stream().map(claim -> claim.child("spec"))
        : spec.child("volumeName").present() ? Stream.empty() : Stream.of(spec);
  }

  private static boolean mayBind(String name, Scope scope) {
    if (!scope.find("storage.k8s.io/v1", "StorageClass", Scope.CLUSTER, name).isMissing()
        || Makers.of(scope).mayMake("storageclasses", name)
        || Makers.of(scope).mayMake("persistentvolumes", name)) {
      return true;
    }
    Optional<List<KubeObject>> volumes = scope.all("v1", "PersistentVolume", Scope.CLUSTER);
    return volumes.isEmpty()
        || volumes.get().stream()
            .anyMatch(
                volume ->
                    volume.text("", "spec", "storageClassName").equals(name)
                        || name.equals(volume.annotations().get(OLD_FIELD)));
  }
}
