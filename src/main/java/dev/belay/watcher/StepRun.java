package dev.belay.watcher;

import dev.belay.api.Rollback.Step;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Leadership;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Claim;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Does one step of a rollback; doing it twice is the same as doing it once. */
@ApplicationScoped
class StepRun {

  private static final int NOT_FOUND = 404;

  private final Objects objects;
  private final Leadership leadership;
  private final RestoreStep restoring;

  StepRun(Objects objects, Leadership leadership, RestoreStep restoring) {
    this.objects = objects;
    this.leadership = leadership;
    this.restoring = restoring;
  }

  /**
   * Does this step.
   *
   * @param key the release
   * @param stable the object as it was; null for a step that restores nothing
   * @param known the object as it was read a moment ago; null where it was not. Only what is
   *     written by it is not read again: a write that is based on what has changed since is a
   *     conflict
   * @param late whether the rollback has taken its time: nothing is waited for any more
   * @param ofHelm whether Helm keeps records of the release
   * @throws ClusterException when the API server can't be reached: the step is done later
   */
  StepOutcome run(
      ReleaseKey key,
      Step step,
      @Nullable KubeObject stable,
      @Nullable KubeObject known,
      boolean late,
      boolean ofHelm) {
    leadership.requireHeld();
    Claim claim = Coverage.claim(key);
    StepOutcome outcome;
    try {
      outcome =
          switch (step.action()) {
            case Keep -> StepOutcome.DONE;
            case Delete -> delete(claim, step, late);
            case Restore ->
                stable == null
                    ? StepOutcome.refused("the stored revision does not have it")
                    : restoring.run(claim, stable, known, late, ofHelm);
          };
    } catch (ClusterException e) {
      if (e.forbidden()) {
        outcome = StepOutcome.notYet("Belay has no right to read it; " + Rights.REMEDY, late);
      } else if (isInTheWay(e)) {
        outcome = StepOutcome.notYet(String.valueOf(e.getMessage()), late);
      } else {
        throw e;
      }
    }
    return outcome.of(step);
  }

  /**
   * Whether the API server answers, but not for this object: its kind is not served, or a webhook
   * that is asked about it does not answer (apiserver, webhookerrors.ToStatusErr). That holds up no
   * other object, of which one may be what that webhook runs on.
   */
  private static boolean isInTheWay(ClusterException e) {
    return e.code() == NOT_FOUND
        || String.valueOf(e.getMessage()).contains("failed calling webhook");
  }

  private StepOutcome delete(Claim claim, Step step, boolean late) {
    LookedUp lookedUp = new LookedUp();
    while (true) {
      Optional<KubeObject> live =
          objects.get(step.apiVersion(), step.kind(), step.namespace(), step.name());
      if (live.isEmpty() || !live.get().uid().equals(step.uid())) {
        return StepOutcome.DONE;
      }
      Optional<String> others = claim.forbids(live.get(), "");
      if (others.isPresent()) {
        return StepOutcome.refused(others.get());
      }
      Optional<ApiResponse> response = lookedUp.of(() -> objects.delete(live.get()));
      if (response.isPresent()) {
        // A conflict means that it is another object now, which is not ours to delete.
        boolean done =
            response.get().ok() || response.get().isGone(step.name()) || response.get().conflict();
        return done ? StepOutcome.DONE : StepOutcome.refused(response.get(), late);
      }
    }
  }
}
