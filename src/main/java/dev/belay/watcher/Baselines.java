package dev.belay.watcher;

import dev.belay.api.Baseline;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.AsBefore;
import dev.belay.readiness.Assess;
import dev.belay.readiness.Budget;
import dev.belay.readiness.Readiness;
import dev.belay.readiness.Related;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Notes how a release was when a change of it begins: what is wrong then is not the change's. */
@ApplicationScoped
class Baselines {

  /** Later than this, what is seen may be what the change has done. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private final StableMembers stableMembers;
  private final Coverage coverage;

  Baselines(StableMembers stableMembers, Coverage coverage) {
    this.stableMembers = stableMembers;
    this.coverage = coverage;
  }

  /**
   * The change with what its release was like, where that can be told: the release was as it had
   * proved itself, or a change that has had no verdict yet has noted it.
   *
   * @param status before the change
   */
  ChangeSet noted(ReleaseKey key, ReleaseStatus status, ChangeSet opened, Instant now) {
    ChangeSet before = status.changeSet();
    if (before != null) {
      return opened.withBaseline(before.baseline());
    }
    boolean tells =
        status.stable() != null && status.proven() && now.isBefore(opened.startedAt().plus(FRESH));
    return tells ? opened.withBaseline(look(key, status, opened.startedAt(), now)) : opened;
  }

  private List<Baseline> look(ReleaseKey key, ReleaseStatus status, Instant begun, Instant now) {
    List<KubeObject> workloads =
        stableMembers.versions(key, status).entrySet().stream()
            .map(member -> HelmMembers.reference(member.getKey(), member.getValue()))
            .filter(Assess::isWorkload)
            .toList();
    return AtOnce.map(workloads, member -> coverage.look(key, member).object()).stream()
        .flatMap(Optional::stream)
        .map(live -> baseline(live, begun, now))
        .toList();
  }

  private static Baseline baseline(KubeObject live, Instant begun, Instant now) {
    // Its status tells that it is not ready; why, its Pods tell, and nobody asks.
    Readiness readiness = Assess.of(live, Related.NONE, Budget.DEFAULT, Instant.EPOCH, now);
    return AsBefore.baseline(live, readiness, begun);
  }
}
