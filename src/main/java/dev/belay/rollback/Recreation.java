package dev.belay.rollback;

import dev.belay.manifest.KubeObject;
import java.util.Set;

/**
 * When an object that can't be changed back may be deleted and made anew: only where nothing is in
 * it that the stored revision has not.
 */
public final class Recreation {

  /** Their fields that can't be changed are all that they are: no Pods, no data, no address. */
  private static final Set<String> ALL_IN_THE_REVISION =
      Set.of("ConfigMap", "Secret", "RoleBinding", "ClusterRoleBinding", "PriorityClass");

  private Recreation() {}

  /** Whether this live object may be made anew; it has no finalizer and no owner then either. */
  public static boolean losesNothing(KubeObject live) {
    boolean alone =
        live.list("metadata", "finalizers").isEmpty()
            && live.list("metadata", "ownerReferences").isEmpty();
    return alone
        && (ALL_IN_THE_REVISION.contains(live.kind())
            || (live.kind().equals("Job") && !hasRun(live)));
  }

  /** A Job that has completed once, or works just now, may have done what can't be done twice. */
  private static boolean hasRun(KubeObject job) {
    return job.at("status", "succeeded").asInt() > 0
        || job.at("status", "active").asInt() > 0
        || job.at("status", "ready").asInt() > 0;
  }
}
