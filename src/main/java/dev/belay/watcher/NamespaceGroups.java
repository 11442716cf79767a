package dev.belay.watcher;

import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.NamespaceObjects;
import dev.belay.cluster.Releases;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Group;
import dev.belay.membership.Membership;
import dev.belay.membership.Surroundings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads which releases the objects of a namespace make, now. */
@ApplicationScoped
class NamespaceGroups {

  private final NamespaceObjects objects;
  private final HelmRecords records;
  private final Releases releases;
  private final StableMembers stableMembers;

  NamespaceGroups(
      NamespaceObjects objects,
      HelmRecords records,
      Releases releases,
      StableMembers stableMembers) {
    this.objects = objects;
    this.records = records;
    this.releases = releases;
    this.stableMembers = stableMembers;
  }

  /** The releases of this namespace that no client keeps records of, by name. */
  Map<String, Group> read(String namespace) {
    return groups(namespace, releases.in(namespace), Set.copyOf(records.releases(namespace)));
  }

  /** The objects of this release; no members when it has none. */
  Group read(ReleaseKey key) {
    return read(key.namespace()).getOrDefault(key.name(), new Group(key.name(), List.of()));
  }

  /**
   * The releases of a namespace without records that are worth a pass: those that are new, changing
   * or changed.
   */
  Set<String> unsettled(String namespace) {
    return unsettled(namespace, releases.in(namespace), Set.copyOf(records.releases(namespace)));
  }

  private Set<String> unsettled(String namespace, List<Release> known, Set<String> recorded) {
    List<Release> followed =
        known.stream()
            .filter(release -> !recorded.contains(release.name()) && release.status().known())
            .toList();
    Map<String, Group> groups = groups(namespace, known, recorded);
    Set<String> names = new HashSet<>(groups.keySet());
    names.removeIf(name -> !groups.getOrDefault(name, new Group(name, List.of())).hasWorkload());
    for (Release release : followed) {
      if (settled(release, groups.getOrDefault(release.name(), new Group("", List.of())))) {
        names.remove(release.name());
      } else {
        names.add(release.name());
      }
    }
    return names;
  }

  /** Forgets what is known of other namespaces. */
  void retain(Set<String> namespaces) {
    stableMembers.retain(namespaces);
  }

  private static boolean settled(Release release, Group group) {
    Stable stable = release.status().stable();
    boolean atRest =
        release.status().changeSet() == null && release.status().runningRollback() == null;
    return atRest
        && !group.members().isEmpty()
        && stable != null
        && stable.digest().equals(Group.digest(group.digests()));
  }

  private Map<String, Group> groups(String namespace, List<Release> known, Set<String> recorded) {
    List<KubeObject> all = objects.all(namespace);
    Set<String> unproven = new Surroundings(recorded).unproven(all);
    Map<ObjectKey, String> stable = new HashMap<>();
    for (Release release : known) {
      if (!recorded.contains(release.name())) {
        note(stable, namespace, release);
      }
    }
    for (Release release : known) {
      // What Helm's records list is Helm's, whoever has verified it first.
      if (unproven.contains(release.name())) {
        note(stable, namespace, release);
      }
    }
    return Membership.groups(all, stable, recorded);
  }

  private void note(Map<ObjectKey, String> stable, String namespace, Release release) {
    stableMembers
        .of(new ReleaseKey(namespace, release.name()), release.status())
        .keySet()
        .forEach(key -> stable.put(key, release.name()));
  }
}
