package dev.belay.readiness;

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

  /** Failed when one Pod is; else in progress, with what the Pods say. */
  Readiness judge(String ratio) {
    Optional<Cause> trouble = trouble();
    return trouble.isPresent() ? new Failed(trouble.get()) : explained(ratio);
  }

  Optional<Cause> trouble() {
    return first(pods);
  }

  /** What would be the cause if nothing were tolerated. */
  Optional<Cause> troubleWithoutBudget() {
    return first(pods.stream().map(NewPod::withoutBudget).toList());
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

  private static Optional<Cause> first(List<NewPod> pods) {
    return pods.stream().filter(pod -> !pod.ready()).flatMap(p -> p.trouble().stream()).findFirst();
  }
}
