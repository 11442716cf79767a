package dev.belay.admission;

import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Marks;
import dev.belay.membership.Surroundings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which release an object that is written says it belongs to, where its own words are not enough:
 * whether Helm keeps records of a release that only a label names has to be asked.
 */
@ApplicationScoped
class Naming {

  private final HelmRecords records;

  Naming(HelmRecords records) {
    this.records = records;
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
    return new Surroundings(
        Marks.names(object).stream()
            .filter(name -> !records.metadata(namespace, new ReleaseName(name)).isEmpty())
            .collect(Collectors.toSet()));
  }
}
