package dev.belay.rollout;

import dev.belay.api.Mode;
import dev.belay.api.StartHistory;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Advance;
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
   * @param facts what else the verdict on it depends on
   */
  public record Assessed(
      ObjectKey key, Readiness readiness, @Nullable Duration timeout, Facts facts) {

    public Assessed(ObjectKey key, Readiness readiness, @Nullable Duration timeout) {
      this(key, readiness, timeout, Facts.NONE);
    }

    public Assessed(ObjectKey key, Readiness readiness) {
      this(key, readiness, null);
    }

    Assessed with(Readiness value) {
      return new Assessed(key, value, timeout, facts);
    }

    /** The same, as a part of what is judged whether a change touched it or not. */
    Assessed ofChange() {
      return new Assessed(key, readiness, timeout, facts.ofChange());
    }
  }

  /**
   * What is known of an object beside its readiness.
   *
   * @param touched whether the change wants it, or data that its Pods read, to be otherwise than
   *     the stable revision has it, or has brought it
   * @param maker whether it may make ConfigMaps and Secrets that others wait for
   * @param advance how far it is
   * @param before how it started when it was verified; null where that is not known
   * @param missing ConfigMaps and Secrets that its Pods name and that are not there
   * @param arrived whether what its Pods lacked, as their node last said, is there by now
   * @param neverComes whether what its Pods lack is in a ConfigMap or Secret of the release itself,
   *     which nobody else writes
   */
  public record Facts(
      boolean touched,
      boolean maker,
      Advance advance,
      @Nullable StartHistory before,
      List<String> missing,
      boolean arrived,
      boolean neverComes) {

    /** Of an object that the change has brought. */
    public static final Facts NONE =
        new Facts(true, false, Advance.NONE, null, List.of(), false, false);

    public Facts {
      missing = List.copyOf(missing);
    }

    /** The same of an object that counts as touched. */
    Facts ofChange() {
      return new Facts(true, maker, advance, before, missing, arrived, neverComes);
    }
  }
}
