package dev.belay.watcher;

import dev.belay.api.Failure;
import dev.belay.api.KnownBad;
import dev.belay.api.Names;
import dev.belay.api.Release;
import dev.belay.helm.HelmRecord;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.readiness.Cause;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is kept of a failed change, so that the gate knows it when it is sent again. */
final class Blame {

  /** A client that failed or died says nothing about what it sent: sent again, it may well work. */
  private static final Set<String> OF_THE_CLIENT = Set.of("ClientFailed", "ClientGone");

  private Blame() {}

  /**
   * The lock on this change; empty when it was not the change that failed.
   *
   * @param record what Helm was asked to apply
   * @param before the stable revision's objects
   * @param after the objects as the change left them
   */
  static Optional<KnownBad> of(
      Release release,
      HelmRecord record,
      Cause cause,
      Failure failure,
      List<KubeObject> before,
      Collection<KubeObject> after,
      Instant now) {
    if (OF_THE_CLIENT.contains(cause.reason())) {
      return Optional.empty();
    }
    String digest = ObjectDigest.of(record.manifest());
    KnownBad last = release.status().knownBad();
    int failures = 1;
    int helmRevision = record.version();
    if (last != null && last.digest().equals(digest)) {
      failures = last.failures() + 1;
      helmRevision = last.helmRevision();
    }
    String workload = failedWorkload(cause, before, after);
    return Optional.of(
        new KnownBad(
            helmRevision,
            digest,
            workload.isEmpty() ? "" : cause.object().display(),
            workload,
            failure.message(),
            failures,
            now.plus(KnownBad.backOff(failures)),
            release.object().annotations().getOrDefault(Names.RETRY_ANNOTATION, "")));
  }

  /**
   * Digest of the workload that failed; empty if the change did not touch it. Only that one: what
   * else the change wrote may well be part of a corrected one.
   */
  private static String failedWorkload(
      Cause cause, List<KubeObject> before, Collection<KubeObject> after) {
    String failed = digest(cause, after);
    return failed.equals(digest(cause, before)) ? "" : failed;
  }

  private static String digest(Cause cause, Collection<KubeObject> objects) {
    return objects.stream()
        .filter(object -> object.key().equals(cause.object()))
        .findFirst()
        .map(ObjectDigest::of)
        .orElse("");
  }
}
