package dev.belay.preflight;

import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import dev.belay.readiness.QuotaRoom;
import java.util.List;
import java.util.Optional;

/**
 * A Pod that would be refused now. Its controller asks again for as long as it takes, so what is
 * changed later by the same release, or makes room, lets it in after all.
 *
 * @param live the workload as it is; empty when it is made anew
 * @param later whether nobody waits for the Pod
 * @param standIns what the Pod was asked about without
 * @param refused in whose words
 */
record PodRefusal(
    Question question,
    KubeObject workload,
    Optional<KubeObject> live,
    boolean later,
    StandIns standIns,
    Refused refused) {

  /**
   * The controllers may be somebody else in this cluster; a namespace may be so new that its
   * default account is still to come; and whoever does not answer now may do so later.
   */
  private static final List<String> PASSES =
      List.of(" cannot create resource \"pods\"", StandIns.NO_DEFAULT, "failed calling webhook");

  private static final String RULE = " [pod-admission]";

  /** What is to be said of the workload. */
  Outcome outcome() {
    return outcome("Change the Pod template, or what stands against it");
  }

  /**
   * What is to be said of the workload.
   *
   * @param remedy what to do about it
   */
  Outcome outcome(String remedy) {
    String message = refused.message();
    if (PASSES.stream().anyMatch(message::contains)) {
      return new Unknown(message);
    }
    return patience()
        .or(() -> standIns.unless(message))
        .or(this::made)
        .or(this::goes)
        .or(this::changed)
        .map(how -> (Outcome) new Depends(message + " (" + how + ")", workload))
        .or(
            () ->
                ActsBefore.of(question.change())
                    .flatMap(hook -> hook.mayProvide(refused, workload)))
        .orElseGet(() -> new Refused(refused.field(), message + ". " + remedy + RULE));
  }

  /** Why nobody waits for the Pod now, or not for long. */
  private Optional<String> patience() {
    if (later) {
      return Optional.of("unless that has changed when its time comes");
    }
    if (nobodyIsReplaced()) {
      return Optional.of("its Pods run until somebody deletes them");
    }
    if (QuotaRoom.comes(workload, live, refused.message())) {
      return Optional.of("until its old Pods have gone");
    }
    return QuotaRoom.fitsAlone(refused.message())
        ? question.podsGo().map("until Pods of %s have gone"::formatted)
        : Optional.empty();
  }

  /** Whether Pods that run stay as they are until somebody deletes them. */
  private boolean nobodyIsReplaced() {
    if (live.isEmpty() || workload.replicas() > live.get().replicas()) {
      return false;
    }
    boolean partition =
        workload.kind().equals("StatefulSet")
            && workload.number(0, "spec", "updateStrategy", "rollingUpdate", "partition")
                >= Math.max(1, workload.replicas());
    return partition || workload.text("", "spec", "updateStrategy", "type").equals("OnDelete");
  }

  private Optional<String> made() {
    return StandIns.missingAccount(refused.message())
        .flatMap(question.brought()::makesAccount)
        .map(maker -> "unless %s of this release makes it".formatted(maker));
  }

  /** What the release itself does to Pods, it does to those that are tried again. */
  private Optional<String> changed() {
    return question.brought().mutation().map(what -> "unless " + what + " changes that");
  }

  /** Helm deletes last: the Pods come when what stands against them has gone. */
  private Optional<String> goes() {
    String message = refused.message();
    return question
        .removed(
            object ->
                switch (object.kind()) {
                  case "LimitRange" ->
                      Judgement.byLimitRange(message) || Judgement.byQuota(message);
                  case "ResourceQuota" -> Judgement.byQuota(message);
                  default -> Judgement.byPolicy(message) && Brought.isPolicy(object);
                })
        .map(what -> "until " + what + " is removed by this upgrade");
  }
}
