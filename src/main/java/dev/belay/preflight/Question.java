package dev.belay.preflight;

import dev.belay.cluster.Actor;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.DryRun;
import dev.belay.helm.HelmStatus;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Unknown;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * All that the questions about one release share.
 *
 * @param change what Helm is about to do
 * @param brought what comes with it
 * @param before what was applied before it
 * @param policies what policies judge by
 */
record Question(Change change, Brought brought, AppliedBefore before, Policies policies) {

  Actor actor() {
    return change.actor();
  }

  String fieldManager() {
    return change.fieldManager();
  }

  /**
   * Whether Pods go in this change: of workloads that are no more in it, or get fewer replicas.
   * Where that can't be read, they may.
   */
  boolean podsGo() {
    try {
      return before.removed().stream().anyMatch(object -> PodOf.of(object).isPresent())
          || change.objects().stream().anyMatch(this::shrinks);
    } catch (ClusterException e) {
      return true;
    }
  }

  /**
   * What of this kind is deleted by this change, after all else has been written; named as a whole
   * where that can't be read.
   */
  Optional<String> removed(Predicate<KubeObject> which) {
    if (change.record().status() != HelmStatus.PENDING_UPGRADE) {
      return Optional.empty();
    }
    try {
      return before.removed().stream()
          .filter(object -> which.test(object) && !HelmStorage.isKept(object))
          .map(object -> object.key().display())
          .findFirst();
    } catch (ClusterException e) {
      return Optional.of("what is no more in the release");
    }
  }

  private boolean shrinks(KubeObject object) {
    Optional<KubeObject> was = before.object(object);
    return was.flatMap(PodOf::of).isPresent()
        && (PodOf.of(object).isEmpty() || object.replicas() < was.get().replicas());
  }

  /** The outcome for any answer, where a conflict can't be told from trouble that passes. */
  Outcome outcome(DryRun.Answer answer) {
    ApiResponse response = answer.response();
    if (response.ok()) {
      return Accepted.of(response);
    }
    return response.conflict() ? new Unknown(response.message()) : judged(answer);
  }

  /** The outcome for an answer that is no success and no conflict. */
  Outcome judged(DryRun.Answer answer) {
    return new HandedOn(change, before).explains(answer)
        ? new Unknown(answer.response().message())
        : new Judgement(brought, change.actor(), this::bringsParameters).of(answer);
  }

  /** Whether the policy that refuses in these words judges by something that this change writes. */
  private boolean bringsParameters(String message) {
    try {
      return brought.any(policies.parameters(message, change.namespace()));
    } catch (ClusterException e) {
      return true; // Nobody knows.
    }
  }
}
