package dev.belay.rollout;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Which evidence is enough to call a change failed before its timeout.
 *
 * @param when what counts as evidence
 * @param exits exits with an error, beyond what is normal for a container, that are a crash loop
 * @param minimum time since the first of them, at least
 * @param patience time that is given to what may well pass: a container without a history, a
 *     missing Secret, Pods that somebody refuses
 * @param imageNotFound time that an image may be unknown to its registry; registries that replicate
 *     may need minutes
 * @param maximum time for a whole change, however it moves; null for any
 */
public record FailureRule(
    When when,
    int exits,
    Duration minimum,
    Duration patience,
    Duration imageNotFound,
    @Nullable Duration maximum) {

  /** What counts as evidence. */
  public enum When {
    /** What the starts before, the other Pods and the other objects of the change make certain. */
    EVIDENCE,
    /** So many restarts of one container, whatever else is going on. */
    RESTARTS
  }

  public static final FailureRule DEFAULT =
      new FailureRule(
          When.EVIDENCE,
          3,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          null);
}
