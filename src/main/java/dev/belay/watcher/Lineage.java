package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.rollout.Observation;

/** Whether a release is the one that was known by its name. */
final class Lineage {

  private Lineage() {}

  /**
   * The status, without the verdict of a revision whose record is younger than its verification: a
   * release that was uninstalled and installed again, while nobody watched, has the same numbers.
   */
  static ReleaseStatus unjudgeIfReinstalled(ReleaseStatus status, Observation.Helm helm) {
    Stable stable = status.stable();
    boolean reinstalled =
        stable != null
            && helm.rollbackId().isEmpty()
            && helm.revision() == status.judged()
            && helm.revision() == stable.helmRevision()
            && helm.startedAt().isAfter(stable.verifiedAt());
    return reinstalled ? status.withJudged(0) : status;
  }
}
