package dev.belay.watcher;

import dev.belay.api.Names;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.NamespaceObjects;
import dev.belay.cluster.Releases;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Marks;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds what no watch has hinted at, with a few lists of the whole cluster: a pass over every
 * release every few seconds would cost more than all changes together.
 */
@ApplicationScoped
class Resync {

  private final HelmRecords records;
  private final Releases releases;
  private final NamespaceObjects objects;

  Resync(HelmRecords records, Releases releases, NamespaceObjects objects) {
    this.records = records;
    this.releases = releases;
    this.objects = objects;
  }

  /**
   * The releases of Helm that are worth a pass, and all others that say that they are not at rest.
   *
   * @param namespaces those that Belay works in
   * @param all whether those at rest are given too, and those of other namespaces: at the start,
   *     when an earlier leader may have left something undone
   */
  Set<ReleaseKey> due(Set<String> namespaces, boolean all) {
    Map<String, Map<String, KubeObject>> newest = records.newest();
    Set<ReleaseKey> due = new HashSet<>();
    Set<ReleaseKey> known = new HashSet<>();
    for (Release release : releases.everywhere()) {
      ReleaseKey key = new ReleaseKey(release.namespace(), release.name());
      known.add(key);
      KubeObject record = newest.getOrDefault(key.namespace(), Map.of()).get(key.name());
      if (all || (namespaces.contains(key.namespace()) && !atRest(release, record))) {
        due.add(key);
      }
    }
    newest.forEach(
        (namespace, byName) ->
            byName
                .keySet()
                .forEach(
                    name -> {
                      ReleaseKey key = new ReleaseKey(namespace, name);
                      if (namespaces.contains(namespace) && !known.contains(key)) {
                        due.add(key);
                      }
                    }));
    return due;
  }

  /**
   * The namespaces whose objects may make a release that no client keeps a record of: one that is
   * known, or a workload that belongs to none that has one.
   */
  Set<String> withoutRecords(Set<String> namespaces) {
    Map<String, Set<String>> recorded = new HashMap<>();
    records.newest().forEach((namespace, byName) -> recorded.put(namespace, byName.keySet()));
    Set<String> found = new HashSet<>();
    for (Release release : releases.everywhere()) {
      boolean helms = recorded.getOrDefault(release.namespace(), Set.of()).contains(release.name());
      if (release.status().known() && !helms) {
        found.add(release.namespace());
      }
    }
    objects.forEachWorkload(
        workload -> {
          Optional<String> release = Marks.release(workload);
          Set<String> names = recorded.getOrDefault(workload.namespace(), Set.of());
          if (release.isPresent() && !names.contains(release.get())) {
            found.add(workload.namespace());
          }
        });
    found.retainAll(namespaces);
    return found;
  }

  /**
   * Whether nothing can be to be done: the newest record has its verdict, and nothing is open.
   *
   * @param record the newest record that is not superseded; null where there is none
   */
  private static boolean atRest(Release release, @Nullable KubeObject record) {
    ReleaseStatus status = release.status();
    boolean open =
        status.changeSet() != null
            || status.told() != null
            || (status.rollback() != null && status.rollback().finishedAt() == null)
            || release.object().annotations().containsKey(Names.ROLLBACK_TO_ANNOTATION);
    if (open) {
      return false;
    }
    if (record == null) {
      // What Helm once had and now has not is uninstalled; others' objects are looked at elsewhere.
      return status.lineage().isEmpty();
    }
    return HelmRecords.revision(record) == status.judged()
        && !Lineage.mayBeReinstalled(status, Observer.helm(record, ""));
  }
}
