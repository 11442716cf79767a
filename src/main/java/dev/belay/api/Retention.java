package dev.belay.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which stored revisions go when there are too many. Something that is written every minute by a
 * controller makes a revision each time: without more than their age to go by, ten of those would
 * push out every state that people have made.
 */
final class Retention {

  /** A state that was replaced sooner than this is hardly one to go back to. */
  static final Duration SHORT_LIVED = Duration.ofMinutes(10);

  /** The newest ones stay however short they lived: they are what is gone back to first. */
  private static final int NEWEST = 3;

  private Retention() {}

  /**
   * The numbers of those that go: the oldest of those that were soon replaced, and where there is
   * none the oldest of all.
   *
   * @param stored when each was stored, by its number
   * @param stable never goes
   * @param limit as many stay
   */
  static Set<Integer> superfluous(NavigableMap<Integer, Instant> stored, int stable, int limit) {
    NavigableMap<Integer, Instant> kept = new TreeMap<>(stored);
    Set<Integer> gone = new TreeSet<>();
    while (kept.size() > Math.max(1, limit)) {
      int next = next(kept, stable);
      kept.remove(next);
      gone.add(next);
    }
    return gone;
  }

  private static int next(NavigableMap<Integer, Instant> kept, int stable) {
    List<Integer> numbers = new ArrayList<>(kept.keySet());
    for (int i = 0; i < numbers.size() - NEWEST; i++) {
      int number = numbers.get(i);
      if (number != stable && lived(kept, number).compareTo(SHORT_LIVED) < 0) {
        return number;
      }
    }
    return numbers.getFirst() == stable ? numbers.get(1) : numbers.getFirst();
  }

  private static Duration lived(NavigableMap<Integer, Instant> kept, int number) {
    Instant from = kept.get(number);
    Instant until = kept.higherEntry(number).getValue();
    return from == null ? SHORT_LIVED : Duration.between(from, until);
  }
}
