package dev.belay.watcher;

import dev.belay.api.Failure;
import dev.belay.api.KnownBad;
import dev.belay.api.Release;
import dev.belay.helm.HelmRecord;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Cause;
import dev.belay.rollout.Declarative;
import dev.belay.watcher.RollbackStart.Change;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
    String workload = failedWorkload(cause, before, after);
    return Optional.of(
        ofRecord(
            release,
            record,
            failure,
            workload.isEmpty() ? "" : cause.object().display(),
            workload,
            now));
  }

  /**
   * The same for a change that Helm has undone itself: what it wrote is gone, so it is known by its
   * record alone.
   */
  static Optional<KnownBad> ofUndone(
      Release release, HelmRecord record, Failure failure, Instant now) {
    return OF_THE_CLIENT.contains(failure.reason())
        ? Optional.empty()
        : Optional.of(ofRecord(release, record, failure, "", "", now));
  }

  private static KnownBad ofRecord(
      Release release,
      HelmRecord record,
      Failure failure,
      String object,
      String objectDigest,
      Instant now) {
    String digest = record.digest();
    KnownBad last = release.status().knownBad();
    int failures = 1;
    int helmRevision = record.version();
    if (last != null && last.digest().equals(digest)) {
      failures = last.failures() + 1;
      helmRevision = last.helmRevision();
    }
    return new KnownBad(
        helmRevision,
        digest,
        object,
        objectDigest,
        failure.message(),
        failures,
        now.plus(KnownBad.backOff(failures)),
        release.retry());
  }

  /**
   * The same for a change that came without a record: it is known by the objects that it wrote.
   *
   * @param change the objects before and after
   */
  static KnownBad ofMembers(
      Release release, Cause cause, Failure failure, Change change, Instant now) {
    KnownBad last = release.status().knownBad();
    boolean refused = cause.reason().equals(Declarative.REFUSED);
    String workload =
        refused ? "" : failedWorkload(cause, change.before(), change.after().values());
    String object = refused || !workload.isEmpty() ? cause.object().display() : "";
    Set<String> siblings = new LinkedHashSet<>(changed(change));
    siblings.remove(workload);
    if (last != null && sentAgain(last, cause)) {
      // Somebody keeps on sending it: from now on all of it is refused, not only what failed. What
      // is sent now may be a correction; of a change by Helm only this tells what it had written.
      if (last.digest().isEmpty()) {
        siblings.clear();
      }
      siblings.addAll(last.siblings());
      KnownBad bad = last.holds(now, release.retry()) ? last : last.again(now, release.retry());
      return bad.withSiblings(bounded(siblings), true);
    }
    boolean again =
        last != null
            && !workload.isEmpty()
            && last.object().equals(object)
            && last.objectDigest().equals(workload);
    int failures = again && last != null ? last.failures() + 1 : 1;
    return new KnownBad(
        0,
        "",
        object,
        workload,
        failure.message(),
        failures,
        now.plus(KnownBad.backOff(failures)),
        release.retry(),
        bounded(siblings),
        // Nothing but these would tell that it is sent again.
        object.isEmpty(),
        List.of());
  }

  /** Whether the gate has refused what has failed, or was refused, before. */
  static boolean sentAgain(@Nullable KnownBad last, Cause cause) {
    return last != null
        && cause.reason().equals(Declarative.REFUSED)
        && last.object().equals(cause.object().display())
        && sameWhy(last.message(), cause.message());
  }

  /** A lock quotes the first reason; a refusal for another one is another failure. */
  private static boolean sameWhy(String first, String now) {
    return now.contains(first) || first.contains(now);
  }

  /** The lock without its hold on siblings, once something else is sent for what had failed. */
  static @Nullable KnownBad corrected(
      @Nullable KnownBad bad, Map<ObjectKey, String> live, Map<ObjectKey, String> stable) {
    if (bad == null || !bad.resent() || bad.object().isEmpty()) {
      return bad;
    }
    boolean changed =
        live.entrySet().stream()
            .filter(member -> member.getKey().display().equals(bad.object()))
            .anyMatch(
                member ->
                    !member.getValue().equals(stable.get(member.getKey()))
                        && !member.getValue().equals(bad.objectDigest()));
    return changed ? bad.withSiblings(bad.siblings(), false) : bad;
  }

  private static List<String> bounded(Set<String> siblings) {
    return siblings.stream().limit(KnownBad.MAX_SIBLINGS).toList();
  }

  /** Digests of the objects that the change has written. */
  private static List<String> changed(Change change) {
    Set<String> before = change.before().stream().map(ObjectDigest::of).collect(Collectors.toSet());
    return change.after().values().stream()
        .map(ObjectDigest::of)
        .filter(digest -> !before.contains(digest))
        .toList();
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
