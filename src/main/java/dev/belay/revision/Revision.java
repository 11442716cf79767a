package dev.belay.revision;

import dev.belay.api.StartHistory;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.List;

/**
 * A verified state of a release: the rollback target.
 *
 * @param namespace namespace of the release
 * @param release name of the release
 * @param number Belay's number, from 1
 * @param helmRevision Helm's number of the same state
 * @param lineage when the client first installed the release, in its own words
 * @param verifiedAt when the state had proved itself
 * @param objects the objects as they were live, {@code managedFields} included, without status
 * @param starts how its workloads started, as far as that is known
 */
public record Revision(
    String namespace,
    String release,
    int number,
    int helmRevision,
    String lineage,
    Instant verifiedAt,
    List<KubeObject> objects,
    List<StartHistory> starts) {

  public Revision {
    objects = List.copyOf(objects);
    starts = List.copyOf(starts);
  }

  /** Of whose starts nothing is known. */
  public Revision(
      String namespace,
      String release,
      int number,
      int helmRevision,
      String lineage,
      Instant verifiedAt,
      List<KubeObject> objects) {
    this(namespace, release, number, helmRevision, lineage, verifiedAt, objects, List.of());
  }
}
