package dev.belay.admission;

import dev.belay.cluster.ClusterException;
import dev.belay.trace.Traces;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What a review asks of the cluster, on a thread of its own: a single request may take longer than
 * the API server waits for the whole review.
 */
final class InTime {

  private InTime() {}

  /**
   * The answer to this question.
   *
   * @param atMost how long it is waited for; then whoever asks is interrupted
   * @throws ClusterException when there is none in this time, or the question itself fails so
   */
  static <T> T ask(Duration atMost, Callable<T> question) {
    FutureTask<T> asked = begin(question);
    try {
      return asked.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ClusterException("no answer in time", 0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("Belay is ending", 0);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ClusterException trouble) {
        throw trouble;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      asked.cancel(true);
    }
  }

  /**
   * Does this, and returns when it is done, or after this time: then it goes on by itself.
   *
   * @param work what fails in it is its own business
   */
  static void begin(Duration atMost, Runnable work) {
    try {
      begin(
              () -> {
                work.run();
                return true;
              })
          .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // It goes on.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static <T> FutureTask<T> begin(Callable<T> work) {
    FutureTask<T> begun = new FutureTask<>(Traces.carried(work));
    Thread.ofVirtual().name("in-time").start(begun);
    return begun;
  }
}
