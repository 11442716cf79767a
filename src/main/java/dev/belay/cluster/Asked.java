package dev.belay.cluster;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * A question to the API server that is under way while something else is done.
 *
 * @param <T> what is answered
 */
public final class Asked<T> {

  private final FutureTask<T> task;

  private Asked(FutureTask<T> task) {
    this.task = task;
  }

  /** Begins to ask. */
  public static <T> Asked<T> of(Supplier<T> question) {
    FutureTask<T> task = new FutureTask<>(question::get);
    Thread.ofVirtual().name("asked").start(task);
    return new Asked<>(task);
  }

  /** The answer, once it is there; what has failed is thrown as it was. */
  public T answer() {
    return answerOf(task);
  }

  /** The answer of this future, once it is there; what has failed is thrown as it was. */
  public static <A> A answerOf(Future<A> future) {
    return got(future::get);
  }

  /** The same; empty where it is not there within this time. */
  public Optional<T> answer(Duration within) {
    return got(
        () -> {
          try {
            return Optional.of(task.get(within.toNanos(), TimeUnit.NANOSECONDS));
          } catch (TimeoutException e) {
            return Optional.empty();
          }
        });
  }

  private interface Waiting<A> {
    A get() throws InterruptedException, ExecutionException;
  }

  private static <A> A got(Waiting<A> waiting) {
    try {
      return waiting.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failed) {
        throw failed;
      }
      if (e.getCause() instanceof OutOfMemoryError none) {
        throw none; // Its turn comes again.
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
