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
import java.util.HashSet;
import java.util.List;
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

  /** What the lists say now, read once for all that is asked of it. */
  Seen look() {
    return new Seen(records.newest(), releases.everywhere());
  }

  /**
   * The lists.
   *
   * @param newest the newest record of each release of Helm, by namespace and name
   * @param releases all that Belay knows
   */
  record Seen(Map<String, Map<String, KubeObject>> newest, List<Release> releases) {

    @Nullable KubeObject record(Release release) {
      return newest.getOrDefault(release.namespace(), Map.of()).get(release.name());
    }
  }

  /**
   * The releases of Helm that are worth a pass, and all others that say that they are not at rest.
   *
   * @param seen what the lists say
   * @param namespaces those that Belay works in
   * @param all whether those at rest are given too, and those of other namespaces: at the start,
   *     when an earlier leader may have left something undone
   */
  static Set<ReleaseKey> due(Seen seen, Set<String> namespaces, boolean all) {
    Set<ReleaseKey> due = new HashSet<>();
    Set<ReleaseKey> known = new HashSet<>();
    for (Release release : seen.releases()) {
      ReleaseKey key = new ReleaseKey(release.namespace(), release.name());
      known.add(key);
      if (all || (namespaces.contains(key.namespace()) && !atRest(release, seen.record(release)))) {
        due.add(key);
      }
    }
    seen.newest()
        .forEach(
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
  Set<String> withoutRecords(Seen seen, Set<String> namespaces) {
    Set<String> found = new HashSet<>();
    for (Release release : seen.releases()) {
      if (release.status().known() && seen.record(release) == null) {
        found.add(release.namespace());
      }
    }
    objects.forEachWorkload(
        workload -> {
          Optional<String> release = Marks.release(workload);
          Map<String, KubeObject> recorded =
              seen.newest().getOrDefault(workload.namespace(), Map.of());
          if (release.isPresent() && !recorded.containsKey(release.get())) {
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
            || status.runningRollback() != null
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
