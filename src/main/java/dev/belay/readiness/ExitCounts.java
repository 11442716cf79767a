package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Exits of one container over all Pods of the newest template.
 *
 * <p>A Pod that was evicted, preempted or lost with its node tells nothing, nor does a restart of
 * all containers together, nor an exit that the node has lost. The kubelet keeps the last two exits
 * and a number of restarts (pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses); what lies
 * before counts as what it can have been at most.
 *
 * @param perPod exits for each wanted Pod that has started; those of Pods that ended are shared
 *     among these
 * @param most exits on the Pod that has most of them
 * @param exited wanted Pods on which the container has exited and is not well
 * @param started wanted Pods on which any container has started
 * @param errors whether all exits that can be seen ended with an error
 * @param longest the longest run that may have been before an exit
 * @param firstBy a time by which the container had exited for the first time
 * @param lastStartedAt when the newest run began that has exited
 * @param othersWell whether all other containers of these Pods are well
 * @param older whether one of the Pods is older than the change, so that its exits may be too
 */
public record ExitCounts(
    int perPod,
    int most,
    int exited,
    int started,
    boolean errors,
    Duration longest,
    Instant firstBy,
    Instant lastStartedAt,
    boolean othersWell,
    boolean older) {

  /**
   * Counts.
   *
   * @param pods all Pods of the newest template, also those that have ended
   * @param container the name of the container
   */
  static ExitCounts of(List<NewPod> pods, String container) {
    List<NewPod> telling = pods.stream().filter(pod -> !pod.isDisrupted()).toList();
    List<OnPod> exited =
        telling.stream().flatMap(pod -> OnPod.of(pod, container).stream()).toList();
    int started = (int) telling.stream().filter(pod -> !pod.hasEnded() && pod.hasStarted()).count();
    int exits = exited.stream().mapToInt(OnPod::exits).sum();
    return new ExitCounts(
        exits / Math.max(1, started),
        exited.stream().mapToInt(OnPod::exits).max().orElse(0),
        (int) exited.stream().filter(pod -> !pod.pod().hasEnded() && !pod.isWell()).count(),
        started,
        exited.stream().flatMap(pod -> pod.seen().stream()).allMatch(Exit::isError),
        exited.stream().flatMap(OnPod::runs).max(Comparator.naturalOrder()).orElse(Duration.ZERO),
        exited.stream().map(OnPod::firstBy).min(Comparator.naturalOrder()).orElse(Instant.MAX),
        exited.stream()
            .flatMap(pod -> pod.seen().stream())
            .map(Exit::startedAt)
            .max(Comparator.naturalOrder())
            .orElse(Instant.EPOCH),
        exited.stream().allMatch(OnPod::areOthersWell),
        exited.stream().anyMatch(pod -> pod.pod().isOlder()));
  }

  /**
   * The exits of the container on one Pod.
   *
   * @param exits how many, one at least
   * @param seen those that the kubelet still tells of, the oldest first
   */
  private record OnPod(NewPod pod, Container container, int exits, List<JsonNode> seen) {

    static Optional<OnPod> of(NewPod pod, String name) {
      return Container.of(pod.pod()).stream()
          .filter(container -> container.name().equals(name) && container.exits() > 0)
          .map(each -> new OnPod(pod, each, each.exits(), each.seenExits()))
          .findFirst();
    }

    boolean isWell() {
      return container.running() && container.ready();
    }

    boolean areOthersWell() {
      return pod.hasEnded()
          || isWell()
          || Container.of(pod.pod()).stream()
              .allMatch(other -> other.name().equals(container.name()) || other.isWell());
    }

    private boolean allSeen() {
      return exits <= seen.size();
    }

    /** How long it ran each time; what is not told of any more, with all that went by. */
    Stream<Duration> runs() {
      List<Duration> runs = new ArrayList<>();
      seen.forEach(exit -> runs.add(Exit.run(exit)));
      if (!allSeen() && !seen.isEmpty()) {
        runs.add(Duration.between(pod.startableAt(), Exit.startedAt(seen.getFirst())));
      }
      return runs.stream();
    }

    Instant firstBy() {
      if (seen.isEmpty()) {
        return Instant.MAX;
      }
      if (pod.isOlder()) {
        return Exit.finishedAt(seen.getLast()); // Those before may be older than the change.
      }
      JsonNode oldest = seen.getFirst();
      return allSeen() ? Exit.finishedAt(oldest) : Exit.startedAt(oldest);
    }
  }
}
