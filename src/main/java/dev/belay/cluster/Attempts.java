package dev.belay.cluster;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * How often one request is made, and how long is waited in between. What only reads is made again
 * where it was not answered, or where the server had trouble of its own. A write is made again only
 * where the server has said that it did nothing ({@code 429}): whether one that was not answered
 * was done has to be looked up by whoever made it.
 *
 * <p>At most {@value #MOST} times, and all within the time of one request.
 */
final class Attempts {

  static final int MOST = 4;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(60);
  private static final int GROWTH = 3;

  /** Who wants to be asked later than this is asked later: nothing is to wait here for so long. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

  /** With less time than this left, an answer would come too late to be used. */
  private static final Duration LEAST = Duration.ofMillis(20);

  /** A request of less time than this has all of it for its first attempt. */
  private static final Duration SHORT = Duration.ofSeconds(10);

  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  /** What a request does. */
  enum Kind {
    /** Reads, and may be made at any time again. */
    READ,
    /** Asks about a write; that a webhook does not answer is an answer. */
    DRY_RUN,
    /** Stores something. */
    WRITE
  }

  private final Kind kind;
  private final Duration all;
  private final LongSupplier nanos;
  private final long begun;
  private int made;

  Attempts(Kind kind, Duration all, LongSupplier nanos) {
    this.kind = kind;
    this.all = all;
    this.nanos = nanos;
    this.begun = nanos.getAsLong();
  }

  /** Begins the next one; how much time it has. */
  Duration next() {
    made++;
    // A read whose answer is lost would wait for it all the time that there is.
    return made == 1 && kind == Kind.READ && all.compareTo(SHORT) > 0 ? all.dividedBy(2) : left();
  }

  private Duration left() {
    return all.minusNanos(nanos.getAsLong() - begun);
  }

  /**
   * The pause after which it is made again; negative where it is not.
   *
   * @param code the HTTP status; 0 where there was no answer that could be read
   * @param retryAfter what the server has said; zero where it has said nothing
   */
  Duration pause(int code, Duration retryAfter) {
    Duration none = Duration.ofMillis(-1);
    if (made >= MOST || !mayHelp(code)) {
      return none;
    }
    long grown = FIRST_PAUSE.toMillis();
    for (int i = 1; i < made; i++) {
      grown *= GROWTH;
    }
    // Those that failed together are not to come together again.
    Duration pause =
        Duration.ofMillis(ThreadLocalRandom.current().nextLong(grown / 2, grown + grown / 2));
    if (pause.compareTo(retryAfter) < 0) {
      pause = retryAfter;
    }
    boolean inTime = left().minus(pause).compareTo(LEAST) > 0;
    return pause.compareTo(LONGEST_PAUSE) > 0 || !inTime ? none : pause;
  }

  private boolean mayHelp(int code) {
    return switch (kind) {
      case READ -> code == 0 || code == TOO_MANY_REQUESTS || code >= SERVER_ERROR;
      case DRY_RUN -> code == 0 || code == TOO_MANY_REQUESTS;
      case WRITE -> code == TOO_MANY_REQUESTS;
    };
  }
}
