package dev.belay.watcher;

import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.Revisions;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Group;
import dev.belay.revision.Revision;
import dev.belay.rollback.Snapshot;
import dev.belay.rollout.Observation;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Stores a state that has proved itself as the new stable revision. */
@ApplicationScoped
class Promotion {

  private final Observer observer;
  private final HelmRecords records;
  private final Revisions revisions;

  Promotion(Observer observer, HelmRecords records, Revisions revisions) {
    this.observer = observer;
    this.records = records;
    this.revisions = revisions;
  }

  /** Stores the live objects; empty when a client has begun to change them meanwhile. */
  Optional<Stable> promote(ReleaseKey key, Release release, ChangeSet change, Instant now)
      throws Unreadable {
    List<KubeObject> live = observer.live(key, change.helmRevision());
    if (!stillNewest(key, change)) {
      return Optional.empty();
    }
    return Optional.of(storeOfHelm(key, release, change.helmRevision(), live, now));
  }

  /** Stores these live objects of a release of Helm, and what they are to be compared by. */
  Stable storeOfHelm(
      ReleaseKey key, Release release, int helmRevision, List<KubeObject> live, Instant now) {
    List<KubeObject> snapshot = live.stream().map(Snapshot::of).toList();
    return store(key, release, helmRevision, snapshot, now)
        .withDigest(Group.digest(HelmMembers.edited(key, live).digests()));
  }

  /** Stores these objects, which have proved themselves, under the next number. */
  Stable store(
      ReleaseKey key, Release release, int helmRevision, List<KubeObject> snapshot, Instant now) {
    Stable before = release.status().stable();
    List<Integer> stored = revisions.numbers(key.namespace(), key.name());
    int number =
        Math.max(stored.isEmpty() ? 0 : stored.getFirst(), before == null ? 0 : before.revision())
            + 1;
    revisions.write(
        new Revision(
            key.namespace(),
            key.name(),
            number,
            helmRevision,
            release.status().lineage(),
            now,
            snapshot));
    return new Stable(number, helmRevision, now);
  }

  /** What was read while a client was writing is neither the old state nor the new one. */
  private boolean stillNewest(ReleaseKey key, ChangeSet change) {
    List<KubeObject> history = records.metadata(key.namespace(), new ReleaseName(key.name()));
    if (history.isEmpty()) {
      return false;
    }
    Observation.Helm newest = Observer.helm(history.getLast(), "");
    return newest.revision() == change.helmRevision() && newest.status() == HelmStatus.DEPLOYED;
  }
}
