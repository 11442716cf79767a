package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.Optional;

/**
 * Deployment, as strict as kstatus (deploymentConditions), and failing as soon as its Pods show it.
 */
final class DeploymentReadiness {

  /** What kubectl and the controller read as "no deadline" (HasProgressDeadline). */
  private static final long NO_DEADLINE = Integer.MAX_VALUE;

  private DeploymentReadiness() {}

  static Readiness judge(Subject subject) {
    KubeObject deployment = subject.object();
    if (deployment.at("spec", "paused").asBoolean()) {
      return new Current("Paused");
    }
    Optional<KubeObject> replicaSet = NewRevision.replicaSet(deployment, subject.related());
    boolean late = isLate(deployment, replicaSet);
    String lacking = lacking(subject);
    if (lacking.isEmpty() && !late) {
      return new Current("Available: " + subject.spec(1, "replicas"));
    }
    PodsOf pods = PodsOf.newRevision(subject);
    Optional<Trouble> trouble =
        pods.trouble().or(() -> replicaSet.flatMap(rs -> ReplicaFailure.of(subject, rs)));
    if (late && trouble.filter(Trouble::isCertain).isEmpty()) {
      return pods.judge(
          lacking.isEmpty() ? "Not available yet" : lacking,
          Optional.of(new Trouble(late(subject, pods, trouble), new Trouble.Overdue())));
    }
    if (trouble.isPresent()) {
      return pods.judge(lacking, trouble);
    }
    /* Explains only: the Deployment's own condition may speak of an old ReplicaSet. */
    String refused = ReplicaFailure.explanation(deployment);
    return refused.isEmpty() ? pods.explained(lacking) : new InProgress(lacking + "; " + refused);
  }

  /**
   * Whether the deadline passed for the newest ReplicaSet. After a template is put back, the
   * condition may for a moment still be that of the one that failed; its message names the
   * ReplicaSet.
   */
  private static boolean isLate(KubeObject deployment, Optional<KubeObject> replicaSet) {
    JsonNode progressing = deployment.condition("Progressing");
    String message = progressing.path("message").asText();
    boolean isOfAnother =
        message.startsWith("ReplicaSet \"")
            && replicaSet.isPresent()
            && !message.contains("\"" + replicaSet.get().name() + "\"");
    return progressing.path("reason").asText().equals("ProgressDeadlineExceeded") && !isOfAnother;
  }

  private static String lacking(Subject subject) {
    long want = subject.spec(1, "replicas");
    long all = subject.status("replicas");
    long updated = subject.status("updatedReplicas");
    String pods =
        Ratio.first(
            Ratio.below("Replicas", all, want),
            Ratio.below("Updated", updated, want),
            Ratio.above(all, want),
            Ratio.below("Available", subject.status("availableReplicas"), updated),
            Ratio.below("Ready", subject.status("readyReplicas"), want));
    if (!pods.isEmpty() || want == 0) {
      return pods;
    }
    JsonNode progressing = subject.object().condition("Progressing");
    boolean complete =
        subject.spec(NO_DEADLINE, "progressDeadlineSeconds") == NO_DEADLINE
            || (progressing.path("status").asText().equals("True")
                && progressing.path("reason").asText().equals("NewReplicaSetAvailable"));
    if (!complete) {
      return "New ReplicaSet is not available yet";
    }
    return subject.object().condition("Available").path("status").asText().equals("True")
        ? ""
        : "Not available yet";
  }

  /** The deadline alone says nothing; what the Pods have been waiting for does. */
  private static Cause late(Subject subject, PodsOf pods, Optional<Trouble> trouble) {
    if (trouble.isPresent()) {
      return trouble.get().cause();
    }
    Optional<Explanation> pod = pods.explanation();
    String why =
        Ratio.first(
            pod.map(Explanation::words).orElse(""), lacking(subject), "no Pod became available");
    String message =
        "made no progress for %d s: %s"
            .formatted(subject.spec(600, "progressDeadlineSeconds"), why);
    return Cause.ofPod(
        Reasons.PROGRESS_DEADLINE_EXCEEDED,
        subject.object().key(),
        pod.map(Explanation::pod).orElse(""),
        pod.map(Explanation::container).orElse(""),
        message);
  }
}
