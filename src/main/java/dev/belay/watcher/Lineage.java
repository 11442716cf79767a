package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.rollout.Observation;
import java.time.temporal.ChronoUnit;

/** Whether a release is the one that was known by its name. */
final class Lineage {

  private Lineage() {}

  /**
   * Whether the newest record may be younger than its verification: a release that was uninstalled
   * and installed again, while nobody watched, has the same numbers. Records are dated in whole
   * seconds, so one of the second in which it was verified may be either.
   */
  static boolean mayBeReinstalled(ReleaseStatus status, Observation.Helm helm) {
    Stable stable = status.stable();
    return stable != null
        && helm.rollbackId().isEmpty()
        && helm.revision() == status.judged()
        && helm.revision() == stable.helmRevision()
        && !helm.startedAt().isBefore(stable.verifiedAt().truncatedTo(ChronoUnit.SECONDS));
  }
}
