package dev.belay.watcher;

import dev.belay.api.Progress;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.ReleaseStatus.Stored;
import dev.belay.api.StartHistory;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.Revisions;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.EditedBeside;
import dev.belay.membership.Group;
import dev.belay.readiness.Assess;
import dev.belay.revision.Revision;
import dev.belay.rollback.Snapshot;
import dev.belay.rollout.Observation;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Stores a state that has proved itself as the new stable revision. */
@ApplicationScoped
class Promotion {

  private final Observer observer;
  private final HelmRecords records;
  private final Revisions revisions;
  private final StableMembers stableMembers;

  Promotion(
      Observer observer, HelmRecords records, Revisions revisions, StableMembers stableMembers) {
    this.stableMembers = stableMembers;
    this.observer = observer;
    this.records = records;
    this.revisions = revisions;
  }

  /**
   * A state that is stored.
   *
   * @param stable what the release has to know of it
   * @param stored how it is listed
   * @param notCovered what was left out, each with the reason
   * @param edited what of it somebody else has changed meanwhile, each with who
   */
  record Promoted(Stable stable, Stored stored, List<String> notCovered, List<String> edited) {

    Promoted withDigest(String digest) {
      return new Promoted(stable.withDigest(digest), stored, notCovered, edited);
    }

    private Promoted withEdited(List<String> names) {
      return new Promoted(stable, stored, notCovered, names);
    }
  }

  /** Stores the live objects; empty when a client has begun to change them meanwhile. */
  Optional<Promoted> promote(ReleaseKey key, Release release, ChangeSet change, Instant now)
      throws Unreadable {
    Observer.Live live = observer.live(key, change.helmRevision());
    if (!stillNewest(key, change)) {
      return Optional.empty();
    }
    return Optional.of(
        storeOfHelm(key, release, change.helmRevision(), live, now)
            .withEdited(
                EditedBeside.of(live.objects(), release.status().client(), change.startedAt())));
  }

  /** Stores these live objects of a release of Helm, and what they are to be compared by. */
  Promoted storeOfHelm(
      ReleaseKey key, Release release, int helmRevision, Observer.Live live, Instant now) {
    requireWhole(key, release.status(), live);
    List<KubeObject> snapshot = live.objects().stream().map(Snapshot::of).toList();
    Promoted stored =
        store(key, release, helmRevision, snapshot, now)
            .withDigest(Group.digest(HelmMembers.edited(key, live.objects()).digests()));
    return new Promoted(stored.stable(), stored.stored(), live.notCovered(), List.of());
  }

  /**
   * Goes on only where nothing that the stable revision holds is left out because of one answer: a
   * rollback to the new one would do without it.
   */
  private void requireWhole(ReleaseKey key, ReleaseStatus status, Observer.Live live) {
    Set<ObjectKey> held = stableMembers.versions(key, status).keySet();
    List<String> lost =
        live.doubtful().stream().filter(held::contains).map(ObjectKey::display).sorted().toList();
    if (!lost.isEmpty()) {
      throw new ClusterException(
          "not stored yet: %s could not be read, though the stable revision has it; it is read again before it is left out"
              .formatted(String.join(", ", lost)),
          0);
    }
  }

  /** Stores these objects, which have proved themselves, under the next number. */
  Promoted store(
      ReleaseKey key, Release release, int helmRevision, List<KubeObject> snapshot, Instant now) {
    Stable before = release.status().stable();
    int number = before == null ? 1 : before.revision() + 1;
    String digest =
        revisions.write(
            new Revision(
                key.namespace(),
                key.name(),
                number,
                helmRevision,
                release.status().lineage(),
                now,
                snapshot,
                starts(key, release.status(), snapshot)));
    return new Promoted(
        new Stable(number, helmRevision, now),
        new Stored(number, helmRevision, now, digest),
        List.of(),
        List.of());
  }

  /** How the workloads of a state that has proved itself have started, as far as that is known. */
  private List<StartHistory> starts(
      ReleaseKey key, ReleaseStatus status, List<KubeObject> snapshot) {
    ChangeSet change = status.changeSet();
    List<StartHistory> starts = new ArrayList<>();
    for (KubeObject object : snapshot) {
      if (Assess.selectsPods(object)) {
        String name = object.key().toString();
        StartHistory seen =
            change == null
                ? null
                : change.progress().stream()
                    .map(Progress::start)
                    .filter(start -> start.object().equals(name))
                    .findFirst()
                    .orElse(null);
        start(
                stableMembers.start(key, status, object.key()),
                seen,
                !stableMembers.differs(key, status, object),
                stableMembers.hasTemplate(key, status, object))
            .ifPresent(starts::add);
      }
    }
    return starts;
  }

  /**
   * How a workload has started. One that the change has left as it was has not started anew: what
   * was known of it holds on. One that has the same Pod template has not either where its Pods are
   * those of before, of which nothing new is known.
   *
   * @param before what the last revision knows of it
   * @param seen what its Pods have shown since the change began
   * @param same whether the change has left it as it was
   * @param sameTemplate whether it has the same Pod template
   */
  static Optional<StartHistory> start(
      @Nullable StartHistory before,
      @Nullable StartHistory seen,
      boolean same,
      boolean sameTemplate) {
    StartHistory first = same ? before : seen;
    StartHistory second = same ? seen : sameTemplate ? before : null;
    return first == null ? Optional.ofNullable(second) : Optional.of(first.or(second));
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
