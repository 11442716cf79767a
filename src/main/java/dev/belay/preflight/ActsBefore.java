package dev.belay.preflight;

import dev.belay.cluster.DryRun;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import java.util.List;
import java.util.Optional;

/**
 * A hook that runs something before the manifest's first object is written. It may change what
 * stands in the way of an object, and is often there for that: a Deployment whose selector is to
 * change is deleted, a workload is scaled down. So a refusal for what the cluster has now is none;
 * one for what the object says stands.
 *
 * @param hook the hook
 */
record ActsBefore(Change.Hook hook) {

  /** How the API server says that there is no room, or that something is missing. */
  private static final List<String> BY_STATE =
      List.of("exceeded quota", "failed quota", "not found", "no PriorityClass with name");

  /** The hook of this change that does; empty where none does. */
  static Optional<ActsBefore> of(Change change) {
    return change.actsBefore().map(ActsBefore::new);
  }

  /** The hook that takes the place of what is there of this object's name; empty if none does. */
  static Optional<ActsBefore> inPlaceOf(KubeObject object, Change change) {
    return change.hooks().stream()
        .filter(hook -> !hook.runsAfter() && hook.deletedBefore())
        .filter(hook -> hook.object().key().equals(object.key()))
        .findFirst()
        .map(ActsBefore::new);
  }

  /** The outcome instead, if this refusal is for want of something that the hook may provide. */
  Optional<Outcome> mayProvide(Refused refused, KubeObject stored) {
    return BY_STATE.stream().anyMatch(refused.message()::contains)
        ? Optional.of(new Depends(told(refused.message()), stored))
        : Optional.empty();
  }

  /**
   * The outcome instead, if this refusal is about what is there of the object's name, which the
   * hook may delete: if the same object were accepted were there none.
   *
   * @param anew the answer for the object under another name
   */
  Outcome mayDelete(Question question, Refused refused, DryRun.Answer anew) {
    return question.outcome(anew) instanceof Accepted accepted
        ? new Depends(told(refused.message()), accepted.stored())
        : refused;
  }

  /** Words for what the hook may yet change. */
  String told(String message) {
    return "%s (unless %s changes that before)".formatted(message, hook.display());
  }
}
