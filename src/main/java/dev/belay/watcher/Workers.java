package dev.belay.watcher;

import dev.belay.cluster.ClusterException;
import dev.belay.watcher.Observer.Unreadable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Threads that work on what is due, each key by one of them at a time. What fails is tried again
 * later, and later each time; one key that is slow, or that fails, holds up no other one while a
 * thread is left.
 *
 * @param <K> names what is worked on
 */
final class Workers<K> {

  private static final Logger LOG = Logger.getLogger(Workers.class);

  private final String what;
  private final int threads;
  private final Job<K> job;
  private final DueQueue<K> queue = new DueQueue<>();
  private final Map<K, Integer> failures = new ConcurrentHashMap<>();

  /** What is done with a key that is due. */
  interface Job<K> {

    /**
     * Does it once.
     *
     * @return after which time it is due again; nothing when only something new makes it so
     * @throws Unreadable when what the client recorded can't be understood
     */
    Optional<Duration> once(K key) throws Unreadable;
  }

  /**
   * Workers that have not begun.
   *
   * @param what the keys name, in logs
   * @param threads how many keys are worked on at once
   */
  Workers(String what, int threads, Job<K> job) {
    this.what = what;
    this.threads = threads;
    this.job = job;
  }

  /** Makes the key due after this delay, or earlier if it is due earlier already. */
  void add(K key, Duration delay) {
    queue.add(key, delay);
  }

  /** Begins to work; ends when the threads, which are returned, are interrupted. */
  List<Thread> start() {
    List<Thread> started = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      started.add(Thread.ofVirtual().name(what + "-" + i).start(this::workForever));
    }
    return started;
  }

  private void workForever() {
    while (!Thread.currentThread().isInterrupted()) {
      K key;
      try {
        key = queue.take();
      } catch (InterruptedException e) {
        return;
      }
      try {
        MDC.put(what, key);
        Optional<Duration> again = job.once(key);
        failures.remove(key);
        again.ifPresent(delay -> queue.add(key, delay));
      } catch (ClusterException | Unreadable e) {
        failed(key, e, e.getMessage(), null);
      } catch (RuntimeException e) {
        failed(key, e, "unexpected: " + e, e);
      } catch (OutOfMemoryError | StackOverflowError e) {
        // Too many large namespaces at once: this one's turn comes again.
        failed(key, e, "no memory for it now", null);
      } finally {
        MDC.clear();
        queue.done(key);
      }
    }
  }

  private void failed(
      K key, Throwable failure, @Nullable String message, @Nullable Exception unexpected) {
    int times = failures.merge(key, 1, Integer::sum);
    Duration delay = BackOff.after(failure, times);
    // Somebody wrote first; what they wrote is read in the next pass.
    boolean conflict = failure instanceof ClusterException answer && answer.conflict();
    LOG.logf(
        conflict ? Level.DEBUG : Level.WARN,
        unexpected,
        "%s %s: %s; again in %d ms",
        what,
        key,
        message,
        delay.toMillis());
    queue.add(key, delay);
  }
}
