package dev.belay.preflight;

import dev.belay.cluster.Actor;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.function.Function;

/**
 * Asks about the Pods that a workload would make: what its controller would be refused a moment
 * later, when Helm is done. Quota, LimitRange, Pod Security, a missing ServiceAccount or
 * PriorityClass, and webhooks on Pods look at Pods only.
 *
 * <p>A template that runs already is not asked about again: it may scale and restart as before.
 */
@ApplicationScoped
class PodDryRun {

  private static final String KUBE_SYSTEM = "kube-system";

  private final DryRun dryRun;
  private final Objects objects;

  PodDryRun(DryRun dryRun, Objects objects) {
    this.dryRun = dryRun;
    this.objects = objects;
  }

  /**
   * The outcome for one Pod of this workload as it would be stored; accepted where it makes none.
   *
   * @param fresh whether the workload is created anew, whatever is there of its name
   * @param outlives whether it has Pods when all has been removed that is no more in the release
   */
  Outcome ask(Question question, KubeObject workload, boolean fresh, boolean outlives) {
    Optional<PodOf> made = PodOf.of(workload);
    if (made.isEmpty()) {
      return Accepted.asItIs(workload);
    }
    Optional<KubeObject> live = fresh ? Optional.empty() : objects.live(workload, question.actor());
    Optional<Removed> removed =
        outlives ? Removed.of(question, made.get().pod(), objects) : Optional.empty();
    if (live.filter(is -> runs(is, workload)).isPresent()) {
      return removed
          .filter(what -> !workload.kind().equals("Job"))
          .map(what -> what.later(workload))
          .orElseGet(
              () ->
                  workload.replicas() > live.get().replicas()
                      ? all(question, workload, made.get().pod())
                      : Accepted.asItIs(workload));
    }
    String controller = made.get().controller();
    StandIns asked =
        StandIns.ask(made.get().pod(), question.brought(), pod -> ask(question, pod, controller));
    Function<Refused, PodRefusal> refusal =
        refused -> new PodRefusal(question, workload, live, made.get().later(), asked, refused);
    return switch (asked.outcome()) {
      case Refused refused -> refusal.apply(refused).outcome();
      case Accepted accepted when removed.isPresent() ->
          removed.get().outcome(question, workload, refusal);
      case Accepted accepted -> all(question, workload, accepted.stored());
      default -> asked.outcome();
    };
  }

  /** The outcome where one Pod is let in, for all of them. */
  private Outcome all(Question question, KubeObject workload, KubeObject pod) {
    boolean known =
        QuotaOfAll.isMany(workload)
            && question.brought().quotas().isEmpty()
            && question.brought().limits().isEmpty()
            && question.removed(object -> object.kind().equals("ResourceQuota")).isEmpty();
    try {
      return Optional.of(workload.namespace())
          .filter(namespace -> known)
          .flatMap(
              namespace -> QuotaOfAll.exceeded(workload, pod, question.quotas().apply(namespace)))
          .map(exceeded -> (Outcome) new Depends(exceeded, workload))
          .orElse(Accepted.asItIs(workload));
    } catch (ClusterException e) {
      return Accepted.asItIs(workload); // One of them is let in.
    }
  }

  /** The outcome for this Pod; accepted as it would be stored. */
  private Outcome ask(Question question, KubeObject pod, String controller) {
    DryRun.Answer answer =
        dryRun.create(pod, Actor.serviceAccount(KUBE_SYSTEM, controller), controller);
    // A conflict: a Pod of this name runs, after everything else has been looked at.
    if (answer.response().ok()) {
      return Accepted.asItIs(answer.response().object());
    }
    return answer.response().conflict() ? Accepted.asItIs(pod) : question.judged(answer);
  }

  /** Whether the live workload makes Pods already, and of the same template. */
  private static boolean runs(KubeObject live, KubeObject workload) {
    return PodOf.of(live).isPresent() && live.podTemplate().equals(workload.podTemplate());
  }
}
