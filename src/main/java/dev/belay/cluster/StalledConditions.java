package dev.belay.cluster;

import dev.belay.api.Told;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.StalledCondition;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Sets Belay's condition {@code Stalled} on workloads, and takes it away. */
@ApplicationScoped
public class StalledConditions {

  /** Writes of controllers that are given way to. */
  private static final int ATTEMPTS = 10;

  private final Objects objects;

  public StalledConditions(Objects objects) {
    this.objects = objects;
  }

  /**
   * Sets it, unless it is there. What is written is based on a state that was read before the
   * question whether it may still be set: should somebody take it away in between, the write is a
   * conflict, and the question is asked again.
   *
   * @param reason CamelCase, without the prefix
   * @param still whether the client still waits
   */
  public void set(
      Told.Workload workload, String reason, String message, Instant now, BooleanSupplier still) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<KubeObject> live = live(workload);
      if (live.isEmpty() || live.get().condition("Stalled").isObject() || !still.getAsBoolean()) {
        return;
      }
      ApiResponse response =
          objects.replaceStatus(StalledCondition.with(live.get(), reason, message, now));
      if (!response.conflict() && !response.isGone(workload.name())) {
        response.orThrow("telling of " + workload.display());
        return;
      }
    }
  }

  /**
   * Takes it away, if it is Belay's.
   *
   * @return whether it was there
   */
  public boolean remove(Told.Workload workload) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<KubeObject> live = live(workload);
      if (live.isEmpty() || !StalledCondition.isOwn(live.get())) {
        return attempt > 0;
      }
      ApiResponse response = objects.replaceStatus(StalledCondition.without(live.get()));
      if (!response.ok() && !response.conflict() && !response.isGone(workload.name())) {
        response.orThrow("taking Stalled from " + workload.display());
      }
    }
    throw new ClusterException("Stalled comes back on " + workload.display(), 0);
  }

  private Optional<KubeObject> live(Told.Workload workload) {
    return objects
        .get(workload.apiVersion(), workload.kind(), workload.namespace(), workload.name())
        .filter(live -> live.uid().equals(workload.uid()));
  }
}
