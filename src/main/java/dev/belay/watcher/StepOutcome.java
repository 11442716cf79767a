package dev.belay.watcher;

import dev.belay.api.Rollback.Step;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.manifest.KubeObject;
import java.util.Optional;

/**
 * What has come of a step of a rollback.
 *
 * @param refusal why it could not be done; empty when it is done
 * @param live the object that it has restored, as it was found or answered last; empty for none
 * @param again whether it is to be tried again: what stands in its way may go, with another step or
 *     by somebody else's hand
 * @param other what of it can't be as it was, and need not be; empty for nothing
 */
record StepOutcome(
    Optional<String> refusal, Optional<KubeObject> live, boolean again, Optional<String> other) {

  private static final int FORBIDDEN = 403;

  static final StepOutcome DONE =
      new StepOutcome(Optional.empty(), Optional.empty(), false, Optional.empty());

  static StepOutcome refused(String why) {
    return new StepOutcome(Optional.of(why), Optional.empty(), false, Optional.empty());
  }

  /**
   * The API server's refusal. One that says that it is not allowed may be an authorizer's, a
   * quota's or a webhook's that is in trouble: it is final only when nothing is waited for any
   * more.
   *
   * @param late whether nothing is waited for any more
   * @throws ClusterException when it may answer otherwise in a moment: the step is done later
   */
  static StepOutcome refused(ApiResponse response, boolean late) {
    if (response.isPassing()) {
      response.orThrow("restoring it");
    }
    String why = Rights.refusal(response);
    return response.code() == FORBIDDEN ? notYet(why, late) : refused(why);
  }

  static StepOutcome restored(KubeObject live, Optional<String> other) {
    return new StepOutcome(Optional.empty(), Optional.of(live), false, other);
  }

  /**
   * Something stands in its way.
   *
   * @param late whether nothing is waited for any more
   */
  static StepOutcome notYet(String why, boolean late) {
    return new StepOutcome(Optional.of(why), Optional.empty(), !late, Optional.empty());
  }

  /** The same, saying which step. */
  StepOutcome of(Step step) {
    return new StepOutcome(
        refusal.map(why -> step.display() + ": " + why),
        live,
        again,
        other.map(what -> step.display() + ": " + what));
  }
}
