package dev.belay.readiness;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The Pods of a workload's newest revision, asked why it is not Current. */
record PodsOf(Subject subject, List<NewPod> pods) {

  static PodsOf newRevision(Subject subject) {
    return new PodsOf(
        subject,
        NewRevision.pods(subject.object(), subject.related()).stream()
            .map(pod -> NewPod.of(subject, pod))
            .toList());
  }

  /** Failed when what a Pod shows is certain; else in progress, with what the Pods say. */
  Readiness judge(String ratio) {
    return judge(ratio, trouble());
  }

  /** The same of this trouble. */
  Readiness judge(String ratio, Optional<Trouble> trouble) {
    if (trouble.isEmpty()) {
      return explained(ratio);
    }
    Cause cause = trouble.get().cause();
    if (trouble.get().isCertain()) {
      return new Failed(cause);
    }
    String words =
        cause.pod().isEmpty() ? cause.message() : "Pod " + cause.pod() + ": " + cause.message();
    return new InProgress(ratio + "; " + words, cause.pod(), cause.container(), trouble.get());
  }

  /** What tells most of what its Pods show; empty when nothing is wrong that is known of. */
  Optional<Trouble> trouble() {
    return pods.stream()
        .filter(pod -> !pod.ready() && !pod.hasEnded())
        .flatMap(pod -> pod.trouble(pods).stream())
        .min(Comparator.comparingInt(Trouble::rank));
  }

  InProgress explained(String ratio) {
    Optional<Explanation> pod = explanation();
    if (pod.isPresent()) {
      return new InProgress(
          ratio + "; " + pod.get().words(), pod.get().pod(), pod.get().container());
    }
    String why =
        OneLine.of(
            RelatedEvents.about(subject.object(), subject.related().events()).newestWarning());
    return new InProgress(why.isEmpty() ? ratio : ratio + "; " + why);
  }

  Optional<Explanation> explanation() {
    return Explanation.of(pods);
  }
}
