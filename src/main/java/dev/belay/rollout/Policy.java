package dev.belay.rollout;

import java.time.Duration;

/**
 * How long things may take.
 *
 * @param timeout time from the end of the client's work until all workloads have to be ready, and
 *     time that a client may work at all; 5 minutes by default, as Helm's
 * @param soak time that all workloads have to stay ready, without a restart, before the state
 *     counts as proven; 10 seconds by default
 * @param yield time that a client which marked its release failed has to begin its own rollback
 * @param quiet time without a further change after which a client that writes no record counts as
 *     done; 10 seconds by default
 * @param onFailure what becomes of a change that failed
 * @param failFast whether a change fails as soon as that is known, or with its timeout
 * @param failure which evidence is enough
 */
public record Policy(
    Duration timeout,
    Duration soak,
    Duration yield,
    Duration quiet,
    OnFailure onFailure,
    boolean failFast,
    FailureRule failure) {

  /** What becomes of a change that failed. */
  public enum OnFailure {
    /** It is rolled back. */
    ROLL_BACK,
    /** It is left, until a person says to roll it back. */
    ASK,
    /** It is left. */
    LEAVE,
    /** It is left: a rollback has failed before, and somebody puts that right by hand. */
    BY_HAND
  }

  public static final Policy DEFAULT =
      new Policy(
          Duration.ofMinutes(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10));

  /** With which a change that failed is rolled back, as soon as that is known. */
  public Policy(Duration timeout, Duration soak, Duration yield, Duration quiet) {
    this(timeout, soak, yield, quiet, OnFailure.ROLL_BACK, true, FailureRule.DEFAULT);
  }

  /** The same for what is done by hand after a rollback that failed. */
  public Policy byHand() {
    return new Policy(timeout, soak, yield, quiet, OnFailure.BY_HAND, failFast, failure);
  }

  public Policy withTimeout(Duration value) {
    return new Policy(value, soak, yield, quiet, onFailure, failFast, failure);
  }

  public Policy withFailure(FailureRule value) {
    return new Policy(timeout, soak, yield, quiet, onFailure, failFast, value);
  }
}
