package dev.belay.rollout;

import dev.belay.api.Mode;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was just read of a release.
 *
 * @param mode what Belay may do in the namespace
 * @param helm Helm's newest record of the release
 * @param objects the readiness of each object that gates the release; empty while nobody asks for
 *     it ({@link Rollout#needsObjects})
 * @param restarts restarts of the new revision's Pods, all together
 */
public record Observation(Mode mode, Helm helm, List<Assessed> objects, int restarts) {

  /**
   * Helm's newest record.
   *
   * @param revision Helm's number
   * @param status its status
   * @param description what Helm says of it
   * @param startedAt when Helm created the record
   * @param changedAt when Helm last changed it
   * @param rollbackId the rollback of Belay that wrote the record; empty when a client did
   */
  public record Helm(
      int revision,
      HelmStatus status,
      String description,
      Instant startedAt,
      Instant changedAt,
      String rollbackId) {}

  /**
   * An object and what its readiness is.
   *
   * @param timeout the time that it has of its own to become ready; null for that of the release
   */
  public record Assessed(ObjectKey key, Readiness readiness, @Nullable Duration timeout) {

    public Assessed(ObjectKey key, Readiness readiness) {
      this(key, readiness, null);
    }

    Duration timeoutOr(Duration ofRelease) {
      return timeout == null ? ofRelease : timeout;
    }
  }
}
