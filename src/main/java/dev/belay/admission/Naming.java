package dev.belay.admission;

import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.NamespaceObjects;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.ApplySets;
import dev.belay.membership.KappApps;
import dev.belay.membership.Marks;
import dev.belay.membership.Surroundings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which release an object that is written says it belongs to, where its own words are not enough:
 * whether Helm keeps records of a release that only a label names has to be asked, and so has the
 * name of an ApplySet, or of an app of kapp.
 */
@ApplicationScoped
class Naming {

  private final HelmRecords records;
  private final NamespaceObjects objects;

  Naming(HelmRecords records, NamespaceObjects objects) {
    this.records = records;
    this.objects = objects;
  }

  /**
   * The release; empty where it says nothing, or nothing that counts.
   *
   * @throws dev.belay.cluster.ClusterException when the API server can't be asked
   */
  Optional<String> of(Review review) {
    KubeObject object = review.object();
    // A write that takes Helm's marks away is a write of what they are on.
    Optional<String> helms = Marks.helms(object).or(() -> Marks.helms(review.oldObject()));
    return helms.isPresent() ? helms : Marks.release(object, around(review.namespace(), object));
  }

  private Surroundings around(String namespace, KubeObject object) {
    String id = ApplySets.id(object);
    Map<String, String> applySets =
        id.isEmpty() ? Map.of() : ApplySets.names(objects.applySetParents(namespace, id));
    Map<String, String> kappApps =
        KappApps.id(object).isEmpty() ? Map.of() : KappApps.names(objects.kappApps(namespace));
    return new Surroundings(
        Marks.names(object, new Surroundings(Set.of(), applySets, kappApps)).stream()
            .filter(name -> !records.metadata(namespace, new ReleaseName(name)).isEmpty())
            .collect(Collectors.toSet()),
        applySets,
        kappApps);
  }
}
