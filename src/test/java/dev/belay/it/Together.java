package dev.belay.it;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Steps of a test that wait for a client or for the cluster, and not for each other. */
final class Together {

  /** Clients at once: each takes a good part of a processor for a while. */
  private static final int AT_ONCE = 4;

  private Together() {}

  /** What is done with one of the things. */
  @FunctionalInterface
  interface Step<T> {
    void take(T thing) throws Exception;
  }

  /**
   * Takes this step with each of them, and returns when all are taken.
   *
   * @throws AssertionError the first failure, in the order of the things, after all have ended
   */
  static <T> void each(List<T> things, Step<T> step) {
    List<Future<?>> steps = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      for (T thing : things) {
        steps.add(
            threads.submit(
                () -> {
                  step.take(thing);
                  return null;
                }));
      }
    }
    for (Future<?> taken : steps) {
      try {
        taken.get();
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause().getMessage(), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
  }
}
