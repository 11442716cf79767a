package dev.belay.admission;

import dev.belay.cluster.Deadline;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * How many bytes of reviews are read and judged at once. A review takes several times its size of
 * memory, all share one heap, and the API server sends as many at once as its clients do.
 *
 * <p>Two lanes: small reviews, nearly all, never wait for large ones. In a lane who comes first
 * goes first, so that a large one is not overtaken for ever.
 */
@ApplicationScoped
class Room {

  /** What is at most this long is small. */
  static final int SMALL_BYTES = 64 * 1024;

  private static final int SMALL_LANE_BYTES = 4 * 1024 * 1024;

  /** The longest review that the HTTP server takes ({@code max-body-size}), and a little more. */
  private static final int LARGE_LANE_BYTES = 8 * 1024 * 1024;

  private final Semaphore small = new Semaphore(SMALL_LANE_BYTES, true);
  private final Semaphore large = new Semaphore(LARGE_LANE_BYTES, true);

  /** What a review has until it is answered. */
  record Place(Semaphore lane, int bytes) {
    void leave() {
      lane.release(bytes);
    }
  }

  /**
   * Waits for room, half of the time at most: with the other half the review can be judged.
   *
   * @param bytes length of the body; negative when the client does not say, which counts as the
   *     longest
   * @return empty when there was none in time
   */
  Optional<Place> enter(long bytes, Deadline deadline) throws InterruptedException {
    int wanted = bytes < 0 ? LARGE_LANE_BYTES : (int) Math.min(bytes, LARGE_LANE_BYTES);
    Semaphore lane = wanted <= SMALL_BYTES ? small : large;
    Duration most = deadline.left().dividedBy(2);
    return lane.tryAcquire(wanted, most.toMillis(), TimeUnit.MILLISECONDS)
        ? Optional.of(new Place(lane, wanted))
        : Optional.empty();
  }
}
