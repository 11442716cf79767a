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
 */
public record Policy(Duration timeout, Duration soak, Duration yield, Duration quiet) {

  public static final Policy DEFAULT =
      new Policy(
          Duration.ofMinutes(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10));

  public Policy withTimeout(Duration value) {
    return new Policy(value, soak, yield, quiet);
  }
}
