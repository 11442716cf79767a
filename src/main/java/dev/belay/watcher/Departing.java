package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Action;
import dev.belay.api.Rollback.Step;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.InProgress;
import dev.belay.rollout.Declarative;
import dev.belay.rollout.Observation.Assessed;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a rollback has deleted and what is not gone, since a finalizer holds it. It is waited for as
 * long as for workloads, and no finalizer is ever taken away: whoever set it has something to do.
 */
@ApplicationScoped
class Departing {

  private final Objects objects;

  Departing(Objects objects) {
    this.objects = objects;
  }

  /**
   * What is not gone of the last rollback; nothing before its steps are done, and none of what is
   * judged when it is over.
   */
  List<Assessed> of(ReleaseStatus status) {
    List<Assessed> left = new ArrayList<>();
    Rollback rollback = status.rollback();
    if (rollback == null || rollback.restoredAt() == null || !Declarative.isUndone(status)) {
      return left;
    }
    for (Step step : rollback.steps()) {
      if (step.action() == Action.Delete) {
        Optional<KubeObject> live =
            objects.get(step.apiVersion(), step.kind(), step.namespace(), step.name());
        if (live.isPresent() && live.get().uid().equals(step.uid())) {
          ObjectKey key = live.get().key();
          left.add(new Assessed(key, new InProgress(Going.words(live.get()))));
        }
      }
    }
    return left;
  }
}
