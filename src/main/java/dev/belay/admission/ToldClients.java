package dev.belay.admission;

import dev.belay.api.Told;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.cluster.Releases;
import dev.belay.cluster.StalledConditions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Takes back what Helm was told of a failure, before it begins anew: it would take the old
 * condition {@code Stalled} for an answer to what it waits for then. The watcher does the same a
 * moment later, which may be too late.
 */
@ApplicationScoped
class ToldClients {

  private static final Logger LOG = Logger.getLogger(ToldClients.class);

  /** How long an answer is held back for it. */
  private static final Duration AT_MOST = Duration.ofSeconds(3);

  private final Releases releases;
  private final StalledConditions stalled;

  ToldClients(Releases releases, StalledConditions stalled) {
    this.releases = releases;
    this.stalled = stalled;
  }

  /** Begins to take everything back. What fails is left to the watcher. */
  Taking takeBack(String namespace, String release) {
    return new Taking(
        namespace + "/" + release,
        Thread.ofVirtual().name("take-back").start(() -> takeAllBack(namespace, release)));
  }

  /** What has been begun: Helm must not be answered before it is done. */
  record Taking(String release, Thread work) {

    /** Returns when everything is taken back, or there is no time to wait for it any longer. */
    void await(Deadline deadline) {
      Duration left = deadline.left();
      try {
        if (!work.join(left.compareTo(AT_MOST) < 0 ? left : AT_MOST)) {
          LOG.warnf("release %s: no time to wait until Stalled is gone", release);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void takeAllBack(String namespace, String release) {
    try {
      Told told = releases.get(namespace, release).map(found -> found.status().told()).orElse(null);
      if (told != null) {
        told.workloads().forEach(stalled::remove);
      }
    } catch (ClusterException e) {
      LOG.warnf("release %s/%s: %s", namespace, release, e.getMessage());
    }
  }
}
