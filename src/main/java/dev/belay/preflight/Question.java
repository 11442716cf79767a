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
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * All that the questions about one release share.
 *
 * @param change what Helm is about to do
 * @param brought what comes with it
 * @param before what was applied before it
 * @param policies what policies judge by
 * @param quotas the quotas of a namespace, as they are live
 */
record Question(
    Change change,
    Brought brought,
    AppliedBefore before,
    Policies policies,
    Function<String, List<KubeObject>> quotas) {

  Actor actor() {
    return change.actor();
  }

  String fieldManager() {
    return change.fieldManager();
  }

  /**
   * Whose Pods go in this change: a workload that is no more in it, or gets fewer replicas. Where
   * that can't be read, some may.
   */
  Optional<String> podsGo() {
    try {
      return Stream.concat(
              before.removed().stream().filter(object -> PodOf.of(object).isPresent()),
              change.objects().stream().filter(this::shrinks))
          .map(object -> object.key().display())
          .findFirst();
    } catch (ClusterException e) {
      return Optional.of("another workload");
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
    return new HandedOn(change, before)
        .explains(answer)
        .map(how -> (Outcome) new Unknown(answer.response().message(), how))
        .orElseGet(() -> new Judgement(brought, change.actor(), this::bringsParameters).of(answer));
  }

  /** What this change writes that the policy judges by which refuses in these words. */
  private Optional<String> bringsParameters(String message) {
    try {
      return brought.first(policies.parameters(message, change.namespace()));
    } catch (ClusterException e) {
      return Optional.of("may change what the policy judges by"); // Nobody knows.
    }
  }
}
