package dev.belay.watcher;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * What an answer has said once, and what follows only when it is said again some seconds later with
 * nothing else in between: that something is gone or may not be read, before it is forgotten. In
 * memory only: whoever goes on asks twice too.
 *
 * @param <K> names what was said
 */
final class Twice<K> {

  /** Between the first time and the one that counts. */
  static final Duration APART = Duration.ofSeconds(5);

  /** What was not said for so long may have been otherwise in between. */
  private static final Duration TOGETHER = Duration.ofMinutes(2);

  /** With more of them than this, those that were not said for long are forgotten. */
  private static final int MANY = 1_000;

  private final Map<K, Said> said = new ConcurrentHashMap<>();
  private final LongSupplier nanos;
  private volatile int many = MANY;

  private record Said(long first, long last) {}

  Twice() {
    this(System::nanoTime);
  }

  /**
   * The same by this timer.
   *
   * @param nanos as {@link System#nanoTime()}
   */
  Twice(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Notes that it is said now, and answers whether it was said long enough ago before. */
  boolean said(K what) {
    long now = nanos.getAsLong();
    if (said.size() > many) {
      said.values().removeIf(before -> isOld(before, now));
      many = Math.max(MANY, 2 * said.size());
    }
    Said all =
        said.merge(
            what,
            new Said(now, now),
            (before, next) -> isOld(before, now) ? next : new Said(before.first(), now));
    return now - all.first() >= APART.toNanos();
  }

  private static boolean isOld(Said before, long now) {
    return now - before.last() > TOGETHER.toNanos();
  }

  /** Notes that the contrary is said. */
  void unsaid(K what) {
    said.remove(what);
  }

  /** How many are kept. */
  int size() {
    return said.size();
  }
}
