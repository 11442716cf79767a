package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The change that failed last: sent again as it was, it would fail again. It is refused until a
 * time that doubles with each failure, which is what stops a controller that keeps on sending it.
 *
 * @param helmRevision Helm's number of it, the first time it failed; 0 for other clients
 * @param digest of what Helm was asked to apply; empty when it did not come from Helm
 * @param object the workload that failed, or the object that was refused, {@code Deployment/web};
 *     empty when the change did not touch it
 * @param objectDigest of that workload as it was stored; empty when it was refused
 * @param message why it failed
 * @param failures how often
 * @param until when it may be tried again
 * @param retry what {@value Names#RETRY_ANNOTATION} said when it failed: another value lifts the
 *     lock
 * @param siblings digests of what else the change had written, where it did not come from Helm
 * @param resent whether it was sent again since: then its siblings are refused too
 * @param needs where it did not come from Helm, digests of the ConfigMaps and Secrets that the Pods
 *     of that workload use, as they were then and as a rollback restores them: where one of them is
 *     otherwise by now, the change is another one
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record KnownBad(
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int helmRevision,
    String digest,
    String object,
    String objectDigest,
    String message,
    int failures,
    Instant until,
    String retry,
    List<String> siblings,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean resent,
    List<String> needs) {

  static final Duration FIRST = Duration.ofMinutes(5);

  /** How many siblings are kept: those of a larger change are let through. */
  public static final int MAX_SIBLINGS = 500;

  /** No change is refused for longer than this after it has failed. */
  public static final Duration LONGEST = Duration.ofHours(1);

  public KnownBad {
    digest = digest == null ? "" : digest;
    object = object == null ? "" : object;
    objectDigest = objectDigest == null ? "" : objectDigest;
    message = message == null ? "" : message;
    retry = retry == null ? "" : retry;
    siblings = siblings == null ? List.of() : List.copyOf(siblings);
    needs = needs == null ? List.of() : List.copyOf(needs);
  }

  /** Of a change that Helm sent: its digest says it all. */
  public KnownBad(
      int helmRevision,
      String digest,
      String object,
      String objectDigest,
      String message,
      int failures,
      Instant until,
      String retry) {
    this(
        helmRevision,
        digest,
        object,
        objectDigest,
        message,
        failures,
        until,
        retry,
        List.of(),
        false,
        List.of());
  }

  /** The same, which failed once more when it might be tried again. */
  public KnownBad again(Instant now, String annotation) {
    return with(failures + 1, now.plus(backOff(failures + 1)), annotation, siblings, resent, needs);
  }

  public KnownBad withSiblings(List<String> value, boolean sentAgain) {
    return with(failures, until, retry, value, sentAgain, needs);
  }

  /** The same with what is known of what the workload needs. */
  public KnownBad withNeeds(List<String> value) {
    return with(failures, until, retry, siblings, resent, value);
  }

  private KnownBad with(
      int failed,
      Instant lockedUntil,
      String annotation,
      List<String> parts,
      boolean sentAgain,
      List<String> needed) {
    return new KnownBad(
        helmRevision,
        digest,
        object,
        objectDigest,
        message,
        failed,
        lockedUntil,
        annotation,
        parts,
        sentAgain,
        needed);
  }

  /**
   * How long a change is refused that has failed this often: 5, 10, 20, 40 minutes, then 1 hour.
   */
  public static Duration backOff(int failures) {
    Duration doubled = FIRST.multipliedBy(1L << Math.min(Math.max(failures - 1, 0), 10));
    return doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled;
  }

  /** Whether the change is refused at this time, given the annotation's present value. */
  public boolean holds(Instant now, String annotation) {
    return now.isBefore(until) && annotation.equals(retry);
  }
}
