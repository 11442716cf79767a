package dev.belay.watcher;

import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Writes of one step whose answers may be lost. Whether such a write was done is not known, so it
 * is never just sent again: whoever made it looks at the object first, a moment later. {@value
 * #MOST} times at most; then the step is done in a later pass.
 */
final class LookedUp {

  private static final int MOST = 3;
  private static final Duration PAUSE = Duration.ofMillis(150);

  /** A webhook that does not answer takes its time each time. */
  private static final String BY_SILENCE = "failed calling webhook";

  private int lost;

  /**
   * The answer to this write; empty where there was none, and the object is to be looked at.
   *
   * @throws ClusterException when that has happened too often
   */
  Optional<ApiResponse> of(Supplier<ApiResponse> write) {
    return of(write, Function.identity());
  }

  /**
   * The same of a write with which more is answered.
   *
   * @param answer what the API server has said to it
   */
  <T> Optional<T> of(Supplier<T> write, Function<T, ApiResponse> answer) {
    try {
      T written = write.get();
      ApiResponse said = answer.apply(written);
      boolean known = !isLost(said.code()) || said.message().contains(BY_SILENCE);
      if (known || ++lost > MOST) {
        return Optional.of(written);
      }
    } catch (ClusterException e) {
      if (!isLost(e.code()) || ++lost > MOST) {
        throw e;
      }
    }
    pause();
    return Optional.empty();
  }

  /** No answer, or one of a server that may have failed after it had stored what was sent. */
  private static boolean isLost(int code) {
    return code == 0 || code >= 500;
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE.multipliedBy(lost));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("waiting to look at what was written", e);
    }
  }
}
