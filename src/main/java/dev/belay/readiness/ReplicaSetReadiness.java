package dev.belay.readiness;

import java.util.Optional;

/**
 * A ReplicaSet of its own, as strict as kstatus (replicasetConditions); but where its Pods are
 * refused it fails, and says why.
 */
final class ReplicaSetReadiness {

  private ReplicaSetReadiness() {}

  static Readiness judge(Subject subject) {
    long want = subject.spec(1, "replicas");
    long all = subject.status("replicas");
    String lacking =
        Ratio.first(
            Ratio.below("Labelled", subject.status("fullyLabeledReplicas"), want),
            Ratio.below("Available", subject.status("availableReplicas"), want),
            Ratio.below("Ready", subject.status("readyReplicas"), want),
            Ratio.above(all, want));
    if (lacking.isEmpty()) {
      return new Current("Available: " + want);
    }
    PodsOf pods = PodsOf.newRevision(subject);
    Optional<Trouble> trouble =
        pods.trouble().or(() -> ReplicaFailure.of(subject, subject.object()));
    if (trouble.isPresent()) {
      return pods.judge(lacking, trouble);
    }
    String refused = ReplicaFailure.explanation(subject.object());
    return refused.isEmpty() ? pods.explained(lacking) : new InProgress(lacking + "; " + refused);
  }
}
