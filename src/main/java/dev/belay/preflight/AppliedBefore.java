package dev.belay.preflight;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.Objects;
import dev.belay.helm.HelmRecordException;
import dev.belay.helm.HelmStatus;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ObjectKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What Helm applied before this change: the objects of the revision that it compares with, which is
 * the newest deployed one, or the newest of all where none is (helm v4.3.1, pkg/action/upgrade.go,
 * prepareUpgrade). Read when first asked for.
 */
public final class AppliedBefore {

  private final HelmRecords records;
  private final Objects objects;
  private final Change change;
  private @Nullable Map<ObjectKey, KubeObject> read;
  private @Nullable List<KubeObject> earlier;
  private @Nullable List<KubeObject> removed;

  AppliedBefore(HelmRecords records, Objects objects, Change change) {
    this.records = records;
    this.objects = objects;
    this.change = change;
  }

  /**
   * The object as it was applied before; empty when it was not.
   *
   * @throws ClusterException when Helm's record of it can't be read
   */
  Optional<KubeObject> object(KubeObject object) {
    return Optional.ofNullable(all().get(objects.key(object, change.namespace())));
  }

  /**
   * Whether the release had this object before, and exactly so.
   *
   * @throws ClusterException when Helm's record of it can't be read
   */
  boolean same(KubeObject object) {
    return object(object).filter(was -> was.json().equals(object.json())).isPresent();
  }

  /**
   * The objects that are in it and not in the change, as they would be deleted.
   *
   * @throws ClusterException when Helm's record of it can't be read
   */
  synchronized List<KubeObject> removed() {
    if (removed == null) {
      Map<ObjectKey, KubeObject> left = new HashMap<>(all());
      change.objects().forEach(object -> left.remove(objects.key(object, change.namespace())));
      removed =
          left.values().stream().map(object -> objects.placed(object, change.namespace())).toList();
    }
    return removed;
  }

  /**
   * What of it this change deletes, unless the live object says that it is to be kept.
   *
   * @throws ClusterException when Helm's record of it can't be read
   */
  public Set<ObjectKey> deleted() {
    return removed().stream()
        .filter(object -> !HelmStorage.isKept(object))
        .map(object -> objects.key(object, change.namespace()))
        .collect(Collectors.toSet());
  }

  /**
   * Whether Helm keeps all records of this release still, so that the new one is one more. Else it
   * may have deleted the oldest a moment ago, and a quota that counts it may not know yet.
   *
   * @throws ClusterException when the records can't be listed
   */
  boolean allKept() {
    return change.record().version() == 1
        || earlier().stream().anyMatch(stored -> HelmRecords.revision(stored) == 1);
  }

  private synchronized Map<ObjectKey, KubeObject> all() {
    if (read == null) {
      read = read();
    }
    return read;
  }

  private Map<ObjectKey, KubeObject> read() {
    if (change.record().status() == HelmStatus.PENDING_INSTALL) {
      return Map.of(); // Whatever an uninstalled revision says: what is left of it is taken over.
    }
    String name = change.record().name();
    List<KubeObject> earlier = earlier();
    Optional<KubeObject> compared =
        earlier.reversed().stream()
            .filter(
                stored ->
                    HelmStatus.of(stored.labels().getOrDefault("status", ""))
                        == HelmStatus.DEPLOYED)
            .findFirst()
            .or(() -> earlier.reversed().stream().findFirst());
    Map<ObjectKey, KubeObject> byKey = new HashMap<>();
    if (compared.isPresent()) {
      int revision = HelmRecords.revision(compared.get());
      for (KubeObject object : manifest(name, revision)) {
        byKey.put(objects.key(object, change.namespace()), object);
      }
    }
    return byKey;
  }

  /** Helm's records of the revisions before, without what is in them. */
  private synchronized List<KubeObject> earlier() {
    if (earlier == null) {
      earlier =
          records.metadata(change.namespace(), new ReleaseName(change.record().name())).stream()
              .filter(stored -> HelmRecords.revision(stored) < change.record().version())
              .toList();
    }
    return earlier;
  }

  private List<KubeObject> manifest(String name, int revision) {
    Optional<KubeObject> stored = records.read(change.namespace(), name, revision);
    try {
      return stored.isEmpty() ? List.of() : HelmStorage.read(stored.get()).objects();
    } catch (HelmRecordException | ManifestException e) {
      throw new ClusterException("Helm's record of revision " + revision + " can't be read", e);
    }
  }
}
