package dev.belay.readiness;

import java.time.Duration;

/**
 * How much trouble of a new Pod is tolerated before its workload counts as failed. What is
 * tolerated is still explained.
 *
 * @param restarts restarts of one container that count as a crash loop; a Pod that waits for
 *     something it depends on crashes once or twice
 * @param imagePull how long an image may be missing or refused, from when the Pod could start; the
 *     kubelet tries again after 10 s
 * @param registry the same, when the registry was not reached or had too much to do
 * @param containerStart how long a container may fail to be created: the ConfigMap it needs may
 *     come a moment later
 * @param podCreation how long the API server may refuse the Pods of a ReplicaSet: the old Pods may
 *     still fill the quota
 * @param quota how long a quota may refuse them at the end of a rolling update whose Pods all fit:
 *     the ReplicaSet that was refused while old ones were there tries again late
 * @param job how long a release waits for a Job that runs and has not failed; Helm does not wait
 *     for it at all, and its timeout is 5 min
 */
public record Budget(
    int restarts,
    Duration imagePull,
    Duration registry,
    Duration containerStart,
    Duration podCreation,
    Duration quota,
    Duration job) {

  public static final Budget DEFAULT =
      new Budget(
          3,
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofMinutes(2),
          Duration.ofMinutes(4));

  /** Tolerates nothing: to find out what the trouble is once the time is over. */
  static final Budget NONE =
      new Budget(
          1,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO);
}
