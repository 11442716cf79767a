package dev.belay.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.Actor;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import jakarta.enterprise.context.ApplicationScoped;
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

  /**
   * The controllers may be somebody else in this cluster; a namespace may be so new that its
   * default account is still to come; and a controller asks again for as long as it takes.
   */
  private static final List<String> PASSES =
      List.of(
          " cannot create resource \"pods\"",
          "/default: serviceaccount \"default\" not found",
          "failed calling webhook");

  private static final String REMEDY =
      ". Change the Pod template, or what stands against it [pod-admission]";

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
    withoutWhatComes(pod, question.brought());
    DryRun.Answer answer =
        dryRun.create(
            pod,
            Actor.serviceAccount(KUBE_SYSTEM, made.get().controller()),
            made.get().controller());
    // A conflict: a Pod of this name runs, after everything else has been looked at.
    if (answer.response().ok() || answer.response().conflict()) {
      return Accepted.asItIs(workload);
    }
    return judged(question, workload, live, answer, made.get().later());
  }

  private static Outcome judged(
      Question question,
      KubeObject workload,
      Optional<KubeObject> live,
      DryRun.Answer answer,
      boolean later) {
    Outcome outcome = question.judged(answer);
    if (!(outcome instanceof Refused refused)) {
      return outcome;
    }
    if (PASSES.stream().anyMatch(refused.message()::contains)) {
      return new Unknown(refused.message());
    }
    boolean room =
        QuotaRoom.comes(workload, live, refused.message())
            || (QuotaRoom.fitsAlone(refused.message()) && question.podsGo());
    if (later || room) {
      return new Depends(refused.message(), workload);
    }
    return ActsBefore.of(question.change())
        .flatMap(hook -> hook.mayProvide(refused, workload))
        .orElseGet(() -> new Refused(refused.field(), refused.message() + REMEDY));
  }

  /** What the release brings along can't be found yet: the Pod is asked about without it. */
  private void withoutWhatComes(KubeObject pod, Brought brought) {
    ObjectNode spec = pod.json().withObjectProperty("spec");
    String account = pod.text("", "spec", "serviceAccountName");
    if (brought.named("ServiceAccount", account)
        && objects.get("v1", "ServiceAccount", pod.namespace(), account).isEmpty()) {
      spec.put("serviceAccountName", "default").put("serviceAccount", "default");
    }
    if (brought.named("PriorityClass", pod.text("", "spec", "priorityClassName"))) {
      spec.remove("priorityClassName");
      spec.remove("priority");
    }
    if (brought.named("RuntimeClass", pod.text("", "spec", "runtimeClassName"))) {
      spec.remove("runtimeClassName");
    }
  }
}
