package dev.belay.watcher;

import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Action;
import dev.belay.api.Rollback.Step;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.EventWriter;
import dev.belay.cluster.Evidence;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.rollback.StuckPods;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Deletes the Pods that keep a restored StatefulSet from becoming ready. Looks anew each time:
 * there is nothing to remember, and a Pod that has become ready meanwhile is left.
 */
@ApplicationScoped
class Unstick {

  private static final Logger LOG = Logger.getLogger(Unstick.class);

  private final Objects objects;
  private final Evidence evidence;
  private final EventWriter events;

  Unstick(Objects objects, Evidence evidence, EventWriter events) {
    this.objects = objects;
    this.evidence = evidence;
    this.events = events;
  }

  /** Does so for each StatefulSet that this rollback has restored. */
  void run(Release release, Rollback rollback, Instant now) {
    for (Step step : rollback.steps()) {
      if (step.action() == Action.Restore && step.kind().equals("StatefulSet")) {
        Optional<KubeObject> live =
            objects.get(step.apiVersion(), step.kind(), step.namespace(), step.name());
        live.ifPresent(set -> run(release, set, now));
      }
    }
  }

  private void run(Release release, KubeObject set, Instant now) {
    for (KubeObject pod : StuckPods.of(set, evidence.related(set).pods())) {
      KubeObject named = pod.copy();
      named.json().put("apiVersion", "v1");
      ApiResponse response = objects.deleteUnchanged(named);
      if (response.ok()) {
        String message =
            "%s of %s was stuck in the failed revision, and is deleted to be made anew"
                .formatted(pod.key().display(), set.key().display());
        LOG.infof("release %s/%s: %s", release.namespace(), release.name(), message);
        events.write(release, Reason.RollingBack, message, now);
      } else if (!response.conflict() && !response.isGone(pod.name())) {
        response.orThrow("deleting " + pod.key().display());
      }
    }
  }
}
