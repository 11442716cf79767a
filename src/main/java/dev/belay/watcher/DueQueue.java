package dev.belay.watcher;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What to look at, each with the time from which it is due. A key is in it once, and is handed to
 * one worker at a time; one that is added while it is worked on becomes due again.
 *
 * <p>Bounded by the number of keys: one that is added again adds nothing.
 *
 * @param <K> names what is looked at
 */
final class DueQueue<K> {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<K, Long> dueNanos = new HashMap<>();
  private final Set<K> working = new HashSet<>();

  /** Makes the key due after this delay, or earlier if it is due earlier already. */
  void add(K key, Duration delay) {
    lock.lock();
    try {
      dueNanos.merge(key, System.nanoTime() + Math.max(0, delay.toNanos()), Math::min);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next key that is due and that no other worker has. */
  K take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        K next = null;
        long nextDue = Long.MAX_VALUE;
        for (Map.Entry<K, Long> entry : dueNanos.entrySet()) {
          if (!working.contains(entry.getKey()) && entry.getValue() < nextDue) {
            next = entry.getKey();
            nextDue = entry.getValue();
          }
        }
        if (next == null) {
          changed.await();
          continue;
        }
        long wait = nextDue - System.nanoTime();
        if (wait <= 0) {
          dueNanos.remove(next);
          working.add(next);
          return next;
        }
        // The answer is looked up again: a hint may have come meanwhile.
        long unused = changed.awaitNanos(wait);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Says that the work on a key that was taken is done. */
  void done(K key) {
    lock.lock();
    try {
      working.remove(key);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return dueNanos.size() + working.size();
    } finally {
      lock.unlock();
    }
  }
}
