package dev.belay.watcher;

import dev.belay.api.Failure;
import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.Told;
import dev.belay.api.Told.Workload;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Releases;
import dev.belay.cluster.StalledConditions;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.StalledCondition;
import dev.belay.rollout.Decision;
import dev.belay.rollout.Observation;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Tells a client that waits for a change of its failure, by the condition {@code Stalled} on its
 * workloads, and takes that back when the client is done.
 *
 * <p>All workloads that are not ready are told: Helm goes on waiting for the others, and would for
 * its whole timeout.
 */
@ApplicationScoped
class WaitingClient {

  private static final Logger LOG = Logger.getLogger(WaitingClient.class);

  /**
   * How long it is looked after that it stays away: the controllers of StatefulSets and ReplicaSets
   * may write a status once more that they made from an older one (UpdateStatefulSetStatus,
   * updateReplicaSetStatus).
   */
  private static final Duration LOOKED_AFTER = Duration.ofMinutes(1);

  /** The reason on workloads that did not fail, with which nothing more is waited for. */
  private static final String OTHER_FAILED = "ReleaseFailed";

  private final Objects objects;
  private final StalledConditions stalled;
  private final HelmRecords records;
  private final Releases releases;
  private final RollbackStart rollbackStart;

  WaitingClient(
      Objects objects,
      StalledConditions stalled,
      HelmRecords records,
      Releases releases,
      RollbackStart rollbackStart) {
    this.objects = objects;
    this.stalled = stalled;
    this.records = records;
    this.releases = releases;
    this.rollbackStart = rollbackStart;
  }

  /** Saves the cause, its evidence and what is going to be told; then tells it. */
  void tell(ReleaseKey key, Release release, Observation seen, Decision.Tell tell, Instant now)
      throws Unreadable {
    ReleaseStatus status = release.status();
    int helmRevision = seen.helm().revision();
    Told before = status.told();
    if (before != null && !isOf(before, helmRevision) && before.withdrawnAt() == null) {
      // What an earlier client was told could not be taken back yet, and must not be forgotten.
      return;
    }
    Told begun =
        before != null && isOf(before, helmRevision)
            ? before
            : new Told(helmRevision, now, null, List.of());
    Failure taken = begun.equals(before) && begun.withdrawnAt() == null ? status.failure() : null;
    Failure failure =
        taken != null ? taken : rollbackStart.failure(key, status, helmRevision, tell.cause(), now);
    Told told = begun.and(workloads(key, tell));
    String message =
        "Helm revision %d is %s, and has failed: %s"
            .formatted(helmRevision, seen.helm().status().text(), failure.message());
    ReleaseStatus changed =
        Conditions.verifying(
            status.withChangeSet(tell.changeSet()).withFailure(failure).withTold(told),
            Reason.ClientActive,
            message,
            now);
    if (!changed.equals(status)) {
      LOG.infof("release %s: %s", key, message);
      releases.update(release, changed);
    }
    // The one that failed comes first: the client quotes what it sees first.
    List<Workload> workloads = told.workloads();
    for (Workload first : workloads.subList(0, Math.min(1, workloads.size()))) {
      set(key, first, failure, helmRevision, now);
    }
    AtOnce.each(
        workloads.subList(Math.min(1, workloads.size()), workloads.size()),
        other -> set(key, other, failure, helmRevision, now));
  }

  private void set(
      ReleaseKey key, Workload workload, Failure failure, int helmRevision, Instant now) {
    boolean failed = workload.display().equals(failure.object());
    stalled.set(
        workload,
        failed ? failure.reason() : OTHER_FAILED,
        failed ? withoutObject(failure) : "not waited for any more: " + failure.message(),
        now,
        () -> stillPending(key, helmRevision));
  }

  /**
   * Takes back what was told, unless it is still to be told. What can't be taken away now is tried
   * again in the next pass, and keeps nothing else from being done.
   */
  Release takeBack(Release release, Observation seen, Decision decision, Instant now) {
    Told told = release.status().told();
    int helmRevision = seen.helm().revision();
    if (told == null || (decision instanceof Decision.Tell && isOf(told, helmRevision))) {
      return release;
    }
    boolean recovered =
        isOf(told, helmRevision)
            && told.withdrawnAt() == null
            && seen.helm().status().pending()
            && decision instanceof Decision.Wait;
    Release after = takeBack(release, now);
    Told left = after.status().told();
    return recovered && left != null && left.withdrawnAt() != null
        ? releases.update(after, after.status().withFailure(null))
        : after;
  }

  /** Takes back what was told, and looks after that it stays away for a while. */
  Release takeBack(Release release, Instant now) {
    ReleaseStatus status = release.status();
    Told told = status.told();
    if (told == null) {
      return release;
    }
    try {
      AtOnce.each(told.workloads(), stalled::remove);
    } catch (ClusterException e) {
      LOG.warnf("release %s/%s: %s", release.namespace(), release.name(), e.getMessage());
      return release;
    }
    Instant withdrawnAt = told.withdrawnAt();
    if (withdrawnAt == null) {
      LOG.infof(
          "release %s/%s: what its client was told is taken back",
          release.namespace(), release.name());
      return releases.update(release, status.withTold(told.withdrawn(now)));
    }
    return now.isBefore(withdrawnAt.plus(LOOKED_AFTER))
        ? release
        : releases.update(release, status.withTold(null));
  }

  /** Takes away what an earlier {@code Release} of this name told, which is deleted. */
  void sweep(List<KubeObject> manifest, ReleaseKey release) {
    for (KubeObject desired : manifest) {
      ObjectKey key = objects.key(desired, release.namespace());
      if (StalledCondition.apiVersion(key.groupKind()).isPresent()) {
        objects
            .live(desired, key.namespace())
            .filter(Coverage.claim(release)::covers)
            .filter(StalledCondition::isOwn)
            .ifPresent(live -> stalled.remove(workload(live)));
      }
    }
  }

  private static boolean isOf(Told told, int helmRevision) {
    return told.helmRevision() == helmRevision;
  }

  private List<Workload> workloads(ReleaseKey release, Decision.Tell tell) {
    List<Workload> workloads = new ArrayList<>();
    List<Optional<KubeObject>> found = AtOnce.map(tell.unready(), this::live);
    for (int i = 0; i < found.size(); i++) {
      ObjectKey key = tell.unready().get(i);
      found
          .get(i)
          .filter(Coverage.claim(release)::covers)
          .filter(live -> !StalledCondition.isForeign(live))
          .map(WaitingClient::workload)
          .ifPresent(
              workload ->
                  workloads.add(
                      key.equals(tell.cause().object()) ? 0 : workloads.size(), workload));
    }
    return workloads;
  }

  private Optional<KubeObject> live(ObjectKey key) {
    return StalledCondition.apiVersion(key.groupKind())
        .flatMap(version -> objects.get(version, key.kind(), key.namespace(), key.name()));
  }

  private static Workload workload(KubeObject live) {
    return new Workload(
        live.apiVersion(),
        live.kind(),
        live.namespace(),
        live.name(),
        live.uid(),
        (int) live.generation());
  }

  private boolean stillPending(ReleaseKey key, int helmRevision) {
    List<KubeObject> history = records.metadata(key.namespace(), new ReleaseName(key.name()));
    if (history.isEmpty()) {
      return false;
    }
    Observation.Helm newest = Observer.helm(history.getLast(), "");
    return newest.revision() == helmRevision && newest.status().pending();
  }

  /** The client names the object itself. */
  private static String withoutObject(Failure failure) {
    String prefix = failure.object() + ": ";
    return failure.message().startsWith(prefix)
        ? failure.message().substring(prefix.length())
        : failure.message();
  }
}
