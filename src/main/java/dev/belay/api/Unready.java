package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;

/**
 * An object that was not ready when the gate let a change of it through. Once it is written, what
 * is live may show no more than what the change has made of it.
 *
 * @param at when that was
 * @param wanted digest of what it was wanted to be then
 * @param was how it was
 */
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public record Unready(Instant at, String wanted, Baseline was) {

  /** Kept at once; of a change of more objects the rest counts as ready before it. */
  static final int KEPT = 100;

  /** The clocks of the gate and of the API server may be as far apart. */
  private static final Duration APART = Duration.ofSeconds(5);

  public Unready {
    wanted = wanted == null ? "" : wanted;
  }

  /**
   * Whether it was seen as a change began, and not before an earlier one that never came to be.
   *
   * @param begun when the change began
   * @param fresh for how long what is lacking is not yet taken for the change's own doing
   */
  public boolean isSeenAt(Instant begun, Duration fresh) {
    return !at.isBefore(begun.minus(APART)) && at.isBefore(begun.plus(fresh));
  }
}
