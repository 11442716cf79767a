package dev.belay.watcher;

import dev.belay.api.Names;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.NamespaceObjects;
import dev.belay.cluster.Releases;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Marks;
import dev.belay.membership.Surroundings;
import dev.belay.membership.Writes;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
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

  /** When releases of Helm were last given as changed by somebody; nothing is lost with it. */
  private final Map<ReleaseKey, Instant> compared = new HashMap<>();

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
   * What clients that keep no records may have changed.
   *
   * @param namespaces whose objects may make a release that no client keeps a record of: one that
   *     is known, or a workload that belongs to none that has one
   * @param ofHelm releases of Helm of which somebody has written a workload since they had their
   *     verdict
   */
  record Changed(Set<String> namespaces, Set<ReleaseKey> ofHelm) {}

  /** Finds it out with one list of all workloads. */
  Changed withoutRecords(Seen seen, Set<String> namespaces, Instant now) {
    Set<String> found = new HashSet<>();
    Set<ReleaseKey> edited = new HashSet<>();
    Map<ReleaseKey, Stable> stable = new HashMap<>();
    for (Release release : seen.releases()) {
      if (release.status().known() && seen.record(release) == null) {
        found.add(release.namespace());
      }
      if (release.status().stable() != null && seen.record(release) != null) {
        stable.put(new ReleaseKey(release.namespace(), release.name()), release.status().stable());
      }
    }
    compared.keySet().retainAll(stable.keySet());
    objects.forEachWorkload(
        workload -> {
          Map<String, KubeObject> recorded =
              seen.newest().getOrDefault(workload.namespace(), Map.of());
          Optional<String> release = Marks.release(workload, new Surroundings(recorded.keySet()));
          if (release.isPresent() && !recorded.containsKey(release.get())) {
            found.add(workload.namespace());
          }
          // What a label names may be Helm's: that is found out by the look.
          for (String name : Marks.names(workload, Surroundings.UNKNOWN)) {
            ReleaseKey key = new ReleaseKey(workload.namespace(), name);
            Stable verified = stable.get(key);
            if (verified != null
                && namespaces.contains(key.namespace())
                && isNews(Writes.last(workload).at(), verified, compared.get(key))) {
              edited.add(key);
            }
          }
        });
    edited.forEach(key -> compared.put(key, now));
    found.retainAll(namespaces);
    return new Changed(found, edited);
  }

  /** One part of the releases of Helm, a different one for each number below {@code of}. */
  static Set<ReleaseKey> slice(Seen seen, Set<String> namespaces, int number, int of) {
    Set<ReleaseKey> part = new HashSet<>();
    for (Release release : seen.releases()) {
      ReleaseKey key = new ReleaseKey(release.namespace(), release.name());
      boolean ofHelm = namespaces.contains(key.namespace()) && seen.record(release) != null;
      if (ofHelm && Math.floorMod(key.hashCode(), of) == number) {
        part.add(key);
      }
    }
    return part;
  }

  /** Times of writes are whole seconds: one of the second of a look may be later than it. */
  static boolean isNews(Instant written, Stable stable, @Nullable Instant compared) {
    Instant since =
        compared == null || compared.isBefore(stable.verifiedAt()) ? stable.verifiedAt() : compared;
    return !written.isBefore(since.truncatedTo(ChronoUnit.SECONDS));
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
      return !status.ofHelm();
    }
    return HelmRecords.revision(record) == status.judged()
        && !Lineage.mayBeReinstalled(status, Observer.helm(record, ""));
  }
}
