package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Exits over all Pods of a template; it is noon, and the change began at 11:59. */
class ExitCountsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant BEGUN = NOON.minusSeconds(60);

  /** As a kubelet tells it: terminated, running again, or backing off. */
  private static final String FIRST_EXIT =
      "restartCount: 0, state: {terminated: {exitCode: 1, startedAt: '2026-01-01T11:59:02Z', finishedAt: '2026-01-01T11:59:03Z'}}";

  private static final String RUNS_AGAIN =
      "restartCount: 1, state: {running: {startedAt: '2026-01-01T11:59:04Z'}}, lastState: {terminated: {exitCode: 1, startedAt: '2026-01-01T11:59:02Z', finishedAt: '2026-01-01T11:59:03Z'}}";

  private static final String THIRD_EXIT =
      "restartCount: 2, state: {terminated: {exitCode: 1, startedAt: '2026-01-01T11:59:14Z', finishedAt: '2026-01-01T11:59:15Z'}}, lastState: {terminated: {exitCode: 1, startedAt: '2026-01-01T11:59:04Z', finishedAt: '2026-01-01T11:59:04Z'}}";

  private static final String BACKS_OFF =
      "restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, startedAt: '2026-01-01T11:59:14Z', finishedAt: '2026-01-01T11:59:15Z'}}";

  @Test
  void exits_are_restarts_and_one_more_while_it_does_not_run() throws Exception {
    assertThat(count(pod("a", FIRST_EXIT)).most()).isEqualTo(1);
    assertThat(count(pod("a", RUNS_AGAIN)).most()).isEqualTo(1);
    assertThat(count(pod("a", THIRD_EXIT)).most()).isEqualTo(3);
    assertThat(count(pod("a", BACKS_OFF)).most()).isEqualTo(3);
  }

  @Test
  void the_first_exit_was_before_the_oldest_run_that_is_still_told_of() throws Exception {
    assertThat(count(pod("a", FIRST_EXIT)).firstBy()).isEqualTo(BEGUN.plusSeconds(3));
    assertThat(count(pod("a", THIRD_EXIT)).firstBy()).isEqualTo(BEGUN.plusSeconds(4));
    assertThat(count(pod("a", BACKS_OFF)).firstBy()).isEqualTo(BEGUN.plusSeconds(14));
    assertThat(count(pod("a", THIRD_EXIT)).lastStartedAt()).isEqualTo(BEGUN.plusSeconds(14));
  }

  @Test
  void a_run_that_is_not_told_of_any_more_was_as_long_as_it_can_have_been() throws Exception {
    assertThat(count(pod("a", FIRST_EXIT)).longest()).isEqualTo(Duration.ofSeconds(1));
    assertThat(count(pod("a", BACKS_OFF)).longest()).isEqualTo(Duration.ofSeconds(13));
  }

  @Test
  void the_wanted_pod_with_least_exits_counts() throws Exception {
    ExitCounts two = count(pod("a", THIRD_EXIT), pod("b", FIRST_EXIT));
    assertThat(two.perPod()).isEqualTo(1);
    assertThat(two.most()).isEqualTo(3);
    assertThat(two.exited()).isEqualTo(2);
    assertThat(two.started()).isEqualTo(2);
  }

  @Test
  void pods_that_ended_hand_their_exits_on_to_those_in_their_place() throws Exception {
    ExitCounts replaced =
        count(ended("a", "", FIRST_EXIT), ended("b", "", FIRST_EXIT), pod("c", FIRST_EXIT));
    assertThat(replaced.perPod()).isEqualTo(3);
    assertThat(replaced.exited()).isEqualTo(1);
    assertThat(replaced.started()).isEqualTo(1);
  }

  @Test
  void evictions_and_preemptions_are_no_exits() throws Exception {
    assertThat(counts(ended("a", "Evicted", FIRST_EXIT))).isEmpty();
    assertThat(counts(ended("a", "Preempting", FIRST_EXIT))).isEmpty();
    String disrupted =
        pod("a", THIRD_EXIT)
            .replace(
                "phase: Running",
                "phase: Running, conditions: [{type: DisruptionTarget, status: 'True'}]");
    assertThat(counts(disrupted)).isEmpty();
    assertThat(count(disrupted, pod("b", FIRST_EXIT)).most()).isEqualTo(1);
    assertThat(count(disrupted.replace("'True'", "'False'")).most()).isEqualTo(3);
  }

  @Test
  void what_a_node_has_lost_or_could_not_start_is_no_exit() throws Exception {
    assertThat(counts(pod("a", endedAs("ContainerStatusUnknown, exitCode: 137")))).isEmpty();
    // containerd, after its node or itself has restarted
    assertThat(counts(pod("a", endedAs("Unknown, exitCode: 255")))).isEmpty();
    assertThat(count(pod("a", endedAs("Unknown, exitCode: 1"))).most()).isEqualTo(1);
    assertThat(
            counts(
                pod(
                    "a",
                    endedAs(
                        "StartError, exitCode: 128, message: 'unable to apply cgroup configuration'"))))
        .isEmpty();
    assertThat(
            count(
                    pod(
                        "a",
                        endedAs(
                            "StartError, exitCode: 128, message: 'unable to start container process: exec: \"x\": executable file not found in $PATH'")))
                .most())
        .isEqualTo(1);
  }

  @Test
  void a_lost_container_is_none_of_several_exits() throws Exception {
    String lost = THIRD_EXIT.replaceFirst("exitCode: 1", "reason: Unknown, exitCode: 255");
    assertThat(count(pod("a", lost)).most()).isEqualTo(2);
  }

  @Test
  void restarts_of_all_containers_together_are_no_exits() throws Exception {
    assertThat(counts(pod("a", endedAs("RestartingAllContainers, exitCode: 137")))).isEmpty();
    // The kubelet tells of the last two ends only: four restarts were together, one was an exit.
    String rule =
        beside("a", BACKS_OFF.replace("restartCount: 2", "restartCount: 5"), "ready: true")
            .replace("name: log, restartCount: 0", "name: log, restartCount: 4")
            .replace(
                "{name: log}]}",
                "{name: log, restartPolicyRules: [{action: RestartAllContainers}]}]}");
    assertThat(count(rule).most()).isEqualTo(2);
    assertThat(count(rule.replace("RestartAllContainers", "Restart")).most()).isEqualTo(6);
  }

  private static String endedAs(String reason) {
    return FIRST_EXIT.replace("exitCode: 1", "reason: " + reason);
  }

  @Test
  void a_pod_that_is_well_again_is_none_on_which_it_exits() throws Exception {
    String well = RUNS_AGAIN + ", ready: true";
    ExitCounts counts = count(pod("a", well), pod("b", THIRD_EXIT));
    assertThat(counts.exited()).isEqualTo(1);
    assertThat(counts.started()).isEqualTo(2);
  }

  @Test
  void other_containers_have_to_be_well() throws Exception {
    assertThat(count(pod("a", THIRD_EXIT)).othersWell()).isTrue();
    assertThat(count(beside("a", THIRD_EXIT, "ready: true")).othersWell()).isTrue();
    assertThat(count(beside("a", THIRD_EXIT, "ready: false")).othersWell()).isFalse();
  }

  @Test
  void an_exit_with_zero_or_with_an_unknown_code_is_no_error() throws Exception {
    assertThat(count(pod("a", FIRST_EXIT)).errors()).isTrue();
    assertThat(count(pod("a", FIRST_EXIT.replace("exitCode: 1", "exitCode: 0"))).errors())
        .isFalse();
    assertThat(count(pod("a", FIRST_EXIT.replace("exitCode: 1", "exitCode: -1"))).errors())
        .isFalse();
  }

  @Test
  void of_a_pod_that_is_older_than_the_change_only_exits_since_count() throws Exception {
    String often = BACKS_OFF.replace("restartCount: 2", "restartCount: 50");
    assertThat(count(older(pod("a", often))).older()).isTrue();
    assertThat(count(older(pod("a", often))).most()).isEqualTo(1);
    assertThat(count(older(pod("a", often))).firstBy()).isEqualTo(BEGUN.plusSeconds(15));
    String before = often.replace("2026-01-01T11:59:1", "2026-01-01T11:58:1");
    assertThat(counts(older(pod("a", before)))).isEmpty();
    assertThat(count(older(pod("a", THIRD_EXIT))).most()).isEqualTo(2);
  }

  @Test
  void a_node_whose_clock_is_behind_has_no_exit_before_its_pod_was_created() throws Exception {
    String behind = FIRST_EXIT.replace("T11:59:0", "T11:30:0");
    assertThat(count(pod("a", behind)).firstBy()).isEqualTo(BEGUN.plusSeconds(1));
  }

  private static String older(String pod) {
    return pod.replace("2026-01-01T11:59:01Z", "2026-01-01T08:00:00Z");
  }

  private static ExitCounts count(String... pods) throws Exception {
    return counts(pods).orElseThrow();
  }

  private static Optional<ExitCounts> counts(String... pods) throws Exception {
    KubeObject workload =
        ManifestReader.read(
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}")
            .getFirst();
    Subject subject = new Subject(workload, Related.NONE, BEGUN, NOON);
    List<NewPod> read = new ArrayList<>();
    for (String pod : pods) {
      read.add(NewPod.of(subject, ManifestReader.read(pod).getFirst()));
    }
    return ExitCounts.of(read, "web");
  }

  private static String pod(String name, String container) {
    return pod(name, "phase: Running", "{name: web, " + container + "}");
  }

  private static String ended(String name, String reason, String container) {
    return pod(name, "phase: Failed, reason: '" + reason + "'", "{name: web, " + container + "}");
  }

  private static String beside(String name, String container, String other) {
    return pod(
        name,
        "phase: Running",
        "{name: web, "
            + container
            + "}, {name: log, restartCount: 0, state: {running: {}}, "
            + other
            + "}");
  }

  private static String pod(String name, String status, String containers) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: shop, creationTimestamp: '2026-01-01T11:59:01Z'}
        spec: {containers: [{name: web}, {name: log}]}
        status: {%s, startTime: '2026-01-01T11:59:01Z', containerStatuses: [%s]}
        """
        .formatted(name, status, containers);
  }
}
