package dev.belay.admission;

import dev.belay.helm.HelmStorage;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The releases whose pre-flight has just passed here: what Helm writes of them now has been asked
 * about already. Another replica of the gate does not know, and asks again, which costs time only.
 */
@ApplicationScoped
class PassedPreflights {

  /** Helm's default timeout: it has written its objects long before. */
  private static final Duration KEPT = Duration.ofMinutes(5);

  private static final int MOST = 10_000;

  private final Map<String, Long> passedNanos = new ConcurrentHashMap<>();

  void passed(String namespace, String release) {
    long now = System.nanoTime();
    if (passedNanos.size() >= MOST) {
      passedNanos.values().removeIf(at -> now - at > KEPT.toNanos());
    }
    if (passedNanos.size() < MOST) {
      passedNanos.put(namespace + "/" + release, now);
    }
  }

  /** Whether this is Helm, writing what the pre-flight has seen. */
  boolean covers(Review review, String release) {
    Long at = passedNanos.get(review.namespace() + "/" + release);
    return at != null
        && System.nanoTime() - at < KEPT.toNanos()
        && review.fieldManager().startsWith("helm")
        && release.equals(review.object().annotations().get(HelmStorage.RELEASE_ANNOTATION));
  }
}
