package dev.belay.preflight;

import dev.belay.cluster.Actor;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Refused;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

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
   */
  Outcome ask(Question question, KubeObject workload, boolean fresh) {
    Optional<PodOf> made = PodOf.of(workload);
    if (made.isEmpty()) {
      return Accepted.asItIs(workload);
    }
    Optional<KubeObject> live = fresh ? Optional.empty() : objects.live(workload, question.actor());
    if (live.filter(is -> runs(is, workload)).isPresent()) {
      return Accepted.asItIs(workload);
    }
    String controller = made.get().controller();
    StandIns asked =
        StandIns.ask(
            made.get().pod(), question.brought(), pod -> ask(question, workload, pod, controller));
    return asked.outcome() instanceof Refused refused
        ? new PodRefusal(question, workload, live, made.get().later(), asked, refused).outcome()
        : asked.outcome();
  }

  private Outcome ask(Question question, KubeObject workload, KubeObject pod, String controller) {
    DryRun.Answer answer =
        dryRun.create(pod, Actor.serviceAccount(KUBE_SYSTEM, controller), controller);
    // A conflict: a Pod of this name runs, after everything else has been looked at.
    return answer.response().ok() || answer.response().conflict()
        ? Accepted.asItIs(workload)
        : question.judged(answer);
  }

  /** Whether the live workload makes Pods already, and of the same template. */
  private static boolean runs(KubeObject live, KubeObject workload) {
    return PodOf.of(live).isPresent() && live.podTemplate().equals(workload.podTemplate());
  }
}
