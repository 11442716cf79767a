package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Job. kstatus calls one Current as soon as it starts; here a release waits until it is complete,
 * since a migration that fails after half a minute is what people want undone. It does not wait for
 * one that runs and has not failed for longer than 4 minutes, unless a try has failed already.
 */
final class JobReadiness {

  /** Helm does not wait for a Job at all, and its timeout is 5 minutes. */
  private static final Duration RUNS = Duration.ofMinutes(4);

  private JobReadiness() {}

  static Readiness judge(Subject subject) {
    KubeObject job = subject.object();
    if (Generic.isTrue(job.condition("Complete"))) {
      return new Current("Complete");
    }
    JsonNode failed = job.condition("Failed");
    JsonNode target = job.condition("FailureTarget"); // Comes first, while Pods are still ending.
    if (Generic.isTrue(failed) || Generic.isTrue(target)) {
      return new Failed(cause(subject, Generic.isTrue(failed) ? failed : target));
    }
    if (job.at("spec", "suspend").asBoolean()) {
      return new Current("Suspended");
    }
    String started = job.text("", "status", "startTime");
    if (started.isEmpty()) {
      return new InProgress("Not started yet");
    }
    long failures = subject.status("failed");
    Duration age = Times.since(started, subject.now());
    boolean runs = failures == 0 && subject.status("ready") > 0;
    if (runs && age.compareTo(RUNS) >= 0) {
      return new Current("Started, and runs for " + age.toSeconds() + " s");
    }
    PodsOf pods = PodsOf.newRevision(subject);
    String ratio =
        "Succeeded: %d/%d".formatted(subject.status("succeeded"), subject.spec(1, "completions"));
    String tries = failures == 0 ? "" : ", failed tries: " + failures;
    Optional<Trouble> trouble = pods.trouble().filter(each -> !isTry(each.cause()));
    Optional<Cause> lastTry = lastTry(subject);
    if (trouble.isPresent() || lastTry.isEmpty()) {
      return trouble.isPresent()
          ? pods.judge(ratio + tries, trouble)
          : pods.explained(ratio + tries);
    }
    return new InProgress(ratio + tries + "; " + lastTry.get().message());
  }

  /** Containers that end badly are tries, which the Job counts by itself. */
  private static boolean isTry(Cause cause) {
    return cause.reason().equals(Reasons.CRASH_LOOP)
        || cause.reason().equals(Reasons.OUT_OF_MEMORY)
        || cause.reason().equals(Reasons.PROBE_FAILED);
  }

  /** What the Job's last Pod died of; the Job itself says only that there were too many tries. */
  private static Cause cause(Subject subject, JsonNode condition) {
    Optional<Cause> lastTry = lastTry(subject);
    if (lastTry.isPresent()) {
      return lastTry.get();
    }
    return Cause.ofObject(
        Reasons.JOB_FAILED, subject.object().key(), Generic.said("the Job failed", condition));
  }

  private static Optional<Cause> lastTry(Subject subject) {
    List<KubeObject> pods = NewRevision.pods(subject.object(), subject.related());
    return pods.stream()
        .filter(pod -> pod.text("", "status", "phase").equals("Failed"))
        .max(Comparator.comparing(pod -> pod.text("", "metadata", "creationTimestamp")))
        .map(pod -> PodReadiness.failed(NewPod.of(subject, pod)))
        .map(c -> c.withReason(Reasons.JOB_FAILED));
  }
}
