package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Action;
import dev.belay.api.Rollback.Step;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.Objects;
import dev.belay.helm.HelmStatus;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Claim;
import dev.belay.rollback.MadeAnew;
import dev.belay.rollback.Plan;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Gives way to {@code helm uninstall} in the middle of a rollback. Helm marks its record before it
 * deletes the first object, and deletes what its newest record names: what the failed change had
 * taken away, and what comes after Helm was there, it does not find.
 */
@ApplicationScoped
class Uninstall {

  private static final Logger LOG = Logger.getLogger(Uninstall.class);

  private final Objects objects;
  private final HelmRecords records;

  /** What was refused, by release and object. */
  private final Twice<String> refused = new Twice<>();

  Uninstall(Objects objects, HelmRecords records) {
    this.objects = objects;
    this.records = records;
  }

  /**
   * Goes on only while Helm does not uninstall the release.
   *
   * @throws ClusterException when it does, or has: the next pass sees it
   */
  void requireNone(String namespace, String release) {
    if (isBegun(records.metadata(namespace, new ReleaseName(release)))) {
      throw new ClusterException("Helm uninstalls the release", 0);
    }
  }

  /** Whether these records, the newest last, are of what Helm takes away or has taken away. */
  static boolean isBegun(List<KubeObject> history) {
    return history.isEmpty() || HelmStatus.of(history.getLast().label("status")).uninstall();
  }

  /**
   * Deletes what a rollback that is under way has made anew and Helm has left.
   *
   * @throws ClusterException when the API server can't be asked, or has refused something for the
   *     first time: it is asked again before an object is left
   */
  void clear(ReleaseKey key, ReleaseStatus status) {
    Rollback rollback = status.runningRollback();
    if (rollback == null) {
      return;
    }
    Claim claim = Coverage.claim(key);
    for (Step step : rollback.steps()) {
      if (step.action() == Action.Restore) {
        left(key, claim, step).ifPresent(live -> delete(key, live));
      }
    }
  }

  private Optional<KubeObject> left(ReleaseKey key, Claim claim, Step step) {
    try {
      return objects
          .get(step.apiVersion(), step.kind(), step.namespace(), step.name())
          .filter(live -> claim.forbids(live, "").isEmpty())
          .filter(live -> !Plan.isNeverDeleted(live) && !HelmStorage.isKept(live))
          .filter(MadeAnew::is);
    } catch (ClusterException e) {
      if (!e.forbidden() || !refused.said(key + " " + step.display())) {
        throw e;
      }
      return Optional.empty(); // Then it has not been made anew either.
    }
  }

  private void delete(ReleaseKey key, KubeObject live) {
    ApiResponse response = objects.delete(live);
    if (response.ok() || response.isGone(live.name()) || response.conflict()) {
      LOG.infof("release %s: %s, made anew, goes with it", key, live.key().display());
      return;
    }
    if (response.isPassing() || !refused.said(key + " " + live.key())) {
      response.orThrow("deleting " + live.key().display());
    }
    LOG.warnf(
        "release %s: %s, made anew, stays after the uninstall: %s",
        key, live.key().display(), Rights.refusal(response));
  }
}
