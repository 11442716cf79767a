package dev.belay.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.Actor;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Refused;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
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
    if (live.isPresent() && live.get().podTemplate().equals(workload.podTemplate())) {
      return Accepted.asItIs(workload);
    }
    KubeObject pod = made.get().pod();
    List<String> standIns = withoutWhatComes(pod, question.brought());
    DryRun.Answer answer =
        dryRun.create(
            pod,
            Actor.serviceAccount(KUBE_SYSTEM, made.get().controller()),
            made.get().controller());
    // A conflict: a Pod of this name runs, after everything else has been looked at.
    if (answer.response().ok() || answer.response().conflict()) {
      return Accepted.asItIs(workload);
    }
    return question.judged(answer) instanceof Refused refused
        ? new PodRefusal(question, workload, live, made.get().later(), standIns, refused).outcome()
        : question.judged(answer);
  }

  /**
   * What the release brings along can't be found yet: the Pod is asked about without it.
   *
   * @return names of what it is asked about without
   */
  private List<String> withoutWhatComes(KubeObject pod, Brought brought) {
    List<String> without = new ArrayList<>();
    ObjectNode spec = pod.json().withObjectProperty("spec");
    String account = pod.text("", "spec", "serviceAccountName");
    if (brought.named("ServiceAccount", account)
        && objects.get("v1", "ServiceAccount", pod.namespace(), account).isEmpty()) {
      spec.put("serviceAccountName", "default").put("serviceAccount", "default");
      without.add("ServiceAccount/" + account);
    }
    String priority = pod.text("", "spec", "priorityClassName");
    if (brought.named("PriorityClass", priority)) {
      without.add("PriorityClass/" + priority);
      spec.remove("priorityClassName");
      spec.remove("priority");
    }
    String runtime = pod.text("", "spec", "runtimeClassName");
    if (brought.named("RuntimeClass", runtime)) {
      without.add("RuntimeClass/" + runtime);
      spec.remove("runtimeClassName");
    }
    return without;
  }
}
