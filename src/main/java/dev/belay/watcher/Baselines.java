package dev.belay.watcher;

import dev.belay.api.Baseline;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.Rollback;
import dev.belay.api.Unready;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Evidence;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.AsBefore;
import dev.belay.readiness.Assess;
import dev.belay.readiness.Current;
import dev.belay.readiness.Readiness;
import dev.belay.readiness.Related;
import dev.belay.readiness.UnreadyPods;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Notes how a release was when a change of it begins: what is wrong then is not the change's. */
@ApplicationScoped
class Baselines {

  /**
   * Later than this, what is seen may be what the change has done, also to what it leaves alone;
   * but for Pods that have not been ready since before it.
   */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final StableMembers stableMembers;
  private final Coverage coverage;
  private final Evidence evidence;

  Baselines(StableMembers stableMembers, Coverage coverage, Evidence evidence) {
    this.evidence = evidence;
    this.stableMembers = stableMembers;
    this.coverage = coverage;
  }

  /**
   * The change with what its release was like, where that can be told: the release was as it had
   * proved itself, or what has had no verdict yet has noted it.
   *
   * @param status before the change
   */
  ChangeSet noted(ReleaseKey key, ReleaseStatus status, ChangeSet opened, Instant now) {
    return opened.withBaseline(before(key, status, opened.startedAt(), now));
  }

  /**
   * What the release is like while nothing is done to it, before a rollback that a person asks for;
   * empty where that can't be told.
   */
  List<Baseline> asked(ReleaseKey key, ReleaseStatus status, Instant now) {
    return before(key, status, now, now);
  }

  private List<Baseline> before(ReleaseKey key, ReleaseStatus status, Instant begun, Instant now) {
    return isAtRest(status) ? look(key, status, begun, now) : kept(status);
  }

  /** Whether it is as it had proved itself, whatever has become of its Pods since. */
  private static boolean isAtRest(ReleaseStatus status) {
    return status.changeSet() == null && status.stable() != null && status.proven();
  }

  /** What was noted of what has had no verdict yet, or of what a rollback failed to undo. */
  private static List<Baseline> kept(ReleaseStatus status) {
    ChangeSet change = status.changeSet();
    Rollback rollback = status.rollback();
    return change != null
        ? change.baseline()
        : rollback == null || status.proven() ? List.of() : rollback.baseline();
  }

  private List<Baseline> look(ReleaseKey key, ReleaseStatus status, Instant begun, Instant now) {
    List<KubeObject> workloads =
        stableMembers.versions(key, status).entrySet().stream()
            .map(member -> HelmMembers.reference(member.getKey(), member.getValue()))
            .filter(Assess::isWorkload)
            .toList();
    List<Coverage.Look> looks = coverage.looks(key, workloads);
    for (Coverage.Look look : looks) {
      if (look instanceof Coverage.Look.NotCovered left && !left.certain()) {
        throw new ClusterException(left.why() + "; it is read again before it is left out", 0);
      }
    }
    return looks.stream()
        .map(Coverage.Look::object)
        .flatMap(Optional::stream)
        .map(
            live ->
                seenByTheGate(key, status, live, begun)
                    .orElseGet(() -> baseline(key, status, live, begun, now)))
        .toList();
  }

  /**
   * How it was when the change of it was let through, where the gate saw that it lacked something.
   */
  private Optional<Baseline> seenByTheGate(
      ReleaseKey key, ReleaseStatus status, KubeObject live, Instant begun) {
    String object = live.key().toString();
    return status.unready().stream()
        .filter(seen -> seen.was().object().equals(object))
        .filter(seen -> seen.isSeenAt(begun, FRESH))
        // As it was verified: not what an earlier write of the same change has made of it.
        .filter(seen -> stableMembers.wants(key, status, live.key(), seen.wanted()))
        .map(Unready::was)
        .findFirst();
  }

  private Baseline baseline(
      ReleaseKey key, ReleaseStatus status, KubeObject live, Instant begun, Instant now) {
    // Its status tells that it is not ready; why, its Pods tell, and nobody asks.
    Readiness readiness = Assess.of(live, Related.NONE, Instant.EPOCH, now);
    boolean differs = stableMembers.differs(key, status, live);
    boolean late = !now.isBefore(begun.plus(FRESH));
    boolean lackedBefore =
        late
            && !differs
            && !(readiness instanceof Current)
            && UnreadyPods.since(live, evidence.related(live), begun);
    return AsBefore.baseline(live, readiness, (late && !lackedBefore) || differs, begun);
  }
}
