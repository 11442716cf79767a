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
 * before counts as what it can have been at most. Of a Pod that is older than the change only the
 * exits count that were seen to come since.
 *
 * @param perPod exits on the wanted Pod that has least of them, of those that have started, and its
 *     share of those of Pods that ended
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
   * Counts; empty where there is no exit that tells something.
   *
   * @param pods all Pods of the newest template, also those that have ended
   * @param container the name of the container
   */
  static Optional<ExitCounts> of(List<NewPod> pods, String container) {
    List<NewPod> telling = pods.stream().filter(pod -> !pod.isDisrupted()).toList();
    List<OnPod> exited =
        telling.stream().flatMap(pod -> OnPod.of(pod, container).stream()).toList();
    if (exited.isEmpty()) {
      return Optional.empty();
    }
    int started = (int) telling.stream().filter(pod -> !pod.hasEnded() && pod.hasStarted()).count();
    List<OnPod> wanted = exited.stream().filter(pod -> !pod.pod().hasEnded()).toList();
    int least =
        wanted.size() < started ? 0 : wanted.stream().mapToInt(OnPod::exits).min().orElse(0);
    int ended = exited.stream().filter(pod -> pod.pod().hasEnded()).mapToInt(OnPod::exits).sum();
    return Optional.of(
        new ExitCounts(
            least + ended / Math.max(1, started),
            exited.stream().mapToInt(OnPod::exits).max().orElseThrow(),
            (int) wanted.stream().filter(pod -> !pod.isWell()).count(),
            started,
            exited.stream().flatMap(pod -> pod.seen().stream()).allMatch(Exit::isError),
            exited.stream().flatMap(OnPod::runs).max(Comparator.naturalOrder()).orElseThrow(),
            exited.stream().map(OnPod::firstBy).min(Comparator.naturalOrder()).orElseThrow(),
            exited.stream()
                .flatMap(pod -> pod.seen().stream())
                .map(Exit::startedAt)
                .max(Comparator.naturalOrder())
                .orElseThrow(),
            exited.stream().allMatch(OnPod::areOthersWell),
            exited.stream().anyMatch(pod -> pod.pod().isOlder())));
  }

  /**
   * The exits of the container on one Pod.
   *
   * @param exits how many, one at least
   * @param seen those that the kubelet still tells of, the oldest first; one at least
   */
  private record OnPod(NewPod pod, Container container, int exits, List<JsonNode> seen) {

    static Optional<OnPod> of(NewPod pod, String name) {
      return Container.of(pod.pod()).stream()
          .filter(container -> container.name().equals(name))
          .map(container -> of(pod, container))
          .filter(each -> !each.seen().isEmpty())
          .findFirst();
    }

    private static OnPod of(NewPod pod, Container container) {
      List<JsonNode> seen = container.seenExits();
      if (!pod.isOlder()) {
        return new OnPod(pod, container, container.exits(), seen);
      }
      List<JsonNode> since = seen.stream().filter(pod::hasSeen).toList();
      return new OnPod(pod, container, since.size(), since);
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
      if (!allSeen()) {
        runs.add(Duration.between(pod.startableAt(), Exit.startedAt(seen.getFirst())));
      }
      return runs.stream();
    }

    /** By the node's clock, but not before the Pod was created by that of the API server. */
    Instant firstBy() {
      JsonNode oldest = seen.getFirst();
      Instant by = allSeen() ? Exit.finishedAt(oldest) : Exit.startedAt(oldest);
      Instant created = Times.parse(pod.pod().text("", "metadata", "creationTimestamp"));
      return by.isBefore(created) ? created : by;
    }
  }
}
