package dev.belay.rollback;

import dev.belay.manifest.KubeObject;
import java.util.Optional;

/**
 * Jobs that were made anew under the name of one of the stable revision, as each upgrade of a chart
 * does whose Job is deleted some time after its end. That one had done its work when it was
 * verified, and is not run again; this one stays, since it may be at work or have done what can't
 * be done twice.
 */
public final class OtherJobs {

  private OtherJobs() {}

  /** Whether this live object is such a Job. */
  public static boolean is(KubeObject stable, KubeObject live) {
    return stable.key().groupKind().equals("Job.batch") && !live.uid().equals(stable.uid());
  }

  /** What is said of this one; empty where it is as it was. */
  public static Optional<String> kept(KubeObject stable, KubeObject live) {
    return is(stable, live)
        ? Optional.of(
            "%s stays as the failed change made it: it runs or has run, and no Job is run twice"
                .formatted(stable.key().display()))
        : Optional.empty();
  }
}
