package dev.belay.watcher;

import dev.belay.cluster.ClusterException;
import java.time.Duration;

/**
 * After which time what has failed is tried again, by the kind of what went wrong. Whoever wrote
 * first has written by now; an API server that did not answer may answer soon, and says itself when
 * it is overloaded; what Belay may not do, or can't understand, somebody has to change.
 */
final class BackOff {

  private static final Duration CONFLICT = Duration.ofMillis(25);
  private static final Duration MOST_AFTER_CONFLICT = Duration.ofSeconds(1);
  private static final Duration FIRST = Duration.ofMillis(500);
  private static final Duration MOST_UNANSWERED = Duration.ofSeconds(5);
  private static final Duration MOST = Duration.ofSeconds(30);

  private BackOff() {}

  /**
   * The time to wait.
   *
   * @param times how often it has failed in a row, from 1
   */
  static Duration after(Throwable failure, int times) {
    if (!(failure instanceof ClusterException answer)) {
      return doubled(FIRST, times, MOST);
    }
    if (answer.conflict()) {
      return times == 1 ? Duration.ZERO : doubled(CONFLICT, times, MOST_AFTER_CONFLICT);
    }
    Duration own = doubled(FIRST, times, answer.isPassing() ? MOST_UNANSWERED : MOST);
    Duration asked = answer.retryAfter().compareTo(MOST) < 0 ? answer.retryAfter() : MOST;
    return asked.compareTo(own) > 0 ? asked : own;
  }

  private static Duration doubled(Duration first, int times, Duration most) {
    Duration grown = first.multipliedBy(1L << Math.min(times - 1, 10));
    return grown.compareTo(most) > 0 ? most : grown;
  }
}
