package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How far a workload is, and how long its own spec lets it take. It is noon, and the change began
 * at 11:58.
 */
class AdvanceTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant BEGUN = NOON.minusSeconds(120);

  @Test
  void each_step_of_each_pod_is_a_mark() throws Exception {
    Advance waiting = of(set(""), pod("ring-0", "{type: PodScheduled, status: 'True'}", ""));
    Advance ready =
        of(
            set(""),
            pod(
                "ring-0",
                "{type: PodScheduled, status: 'True'}, {type: Ready, status: 'True', lastTransitionTime: '2026-01-01T11:59:00Z'}",
                "{name: c, ready: true, started: true, imageID: i, state: {running: {startedAt: '2026-01-01T11:58:00Z'}}}"));
    assertThat(values(waiting)).containsExactly(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(values(ready)).containsExactly(0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 0);
    assertThat(ready.marks()).anyMatch(mark -> mark.words().equals("Pod ring-0 became ready"));
  }

  @Test
  void a_container_that_restarts_is_no_step_further() throws Exception {
    String running =
        "{name: c, restartCount: 0, state: {running: {startedAt: '2026-01-01T11:58:00Z'}}}";
    String crashed =
        "{name: c, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}";
    assertThat(values(of(set(""), pod("ring-0", "", crashed))))
        .isEqualTo(values(of(set(""), pod("ring-0", "", running))));
  }

  @Test
  void probes_and_min_ready_seconds_are_allowed_for() throws Exception {
    assertThat(of(set("")).allowed()).hasSeconds(0);
    assertThat(of(set("minReadySeconds: 70")).allowed()).hasSeconds(70);
    String startup =
        "template: {spec: {containers: [{name: c, startupProbe: {periodSeconds: 10, failureThreshold: 12, initialDelaySeconds: 5}}]}}";
    assertThat(of(set(startup)).allowed()).hasSeconds(135);
    String readiness =
        "template: {spec: {containers: [{name: c, readinessProbe: {initialDelaySeconds: 60}}]}}";
    assertThat(of(set(readiness)).allowed()).hasSeconds(70);
  }

  @Test
  void an_absurd_probe_is_allowed_for_a_week() throws Exception {
    String startup =
        "template: {spec: {containers: [{name: c, startupProbe: {periodSeconds: 2000000000, failureThreshold: 2000000000}}]}}";
    assertThat(of(set(startup)).allowed()).hasDays(7);
  }

  @Test
  void a_deadline_counts_that_is_not_the_default_or_that_a_client_has_applied() throws Exception {
    assertThat(of(deployment("900", "")).allowed()).hasSeconds(900);
    assertThat(of(deployment("600", "")).allowed()).hasSeconds(0);
    assertThat(of(deployment("2147483647", "")).allowed()).hasSeconds(0);
    assertThat(
            of(deployment(
                    "600",
                    ", managedFields: [{manager: helm, operation: Apply, fieldsV1: {'f:spec': {'f:progressDeadlineSeconds': {}}}}]"))
                .allowed())
        .hasSeconds(600);
    assertThat(
            of(deployment(
                    "600",
                    ", annotations: {kubectl.kubernetes.io/last-applied-configuration: '{\"spec\":{\"progressDeadlineSeconds\":600}}'}"))
                .allowed())
        .hasSeconds(600);
  }

  @Test
  void an_old_pod_that_ends_has_its_grace_where_a_new_one_waits_for_it() throws Exception {
    String old =
        pod("ring-1", "", "")
            .replace(
                "metadata: {",
                "metadata: {deletionTimestamp: '2026-01-01T12:05:00Z', deletionGracePeriodSeconds: 300, ");
    assertThat(of(set(""), old).allowed()).hasSeconds(300);
    assertThat(of(workload("Deployment", "strategy: {type: Recreate}"), old).allowed())
        .hasSeconds(300);
    assertThat(of(workload("Deployment", "strategy: {type: RollingUpdate}"), old).allowed())
        .hasSeconds(0);
    assertThat(of(set(""), old.replace("uid: set", "uid: another")).allowed()).hasSeconds(0);
    for (String none : List.of("", "maxSurge: 0", "maxSurge: 0%")) {
      assertThat(of(daemons(none), old).allowed()).as(none).hasSeconds(300);
    }
    for (String surge : List.of("maxSurge: 1", "maxSurge: 20%")) {
      assertThat(of(daemons(surge), old).allowed()).as(surge).hasSeconds(0);
    }
  }

  @Test
  void a_node_that_is_being_added_is_progress_once() throws Exception {
    String waiting = pod("ring-0", "{type: PodScheduled, status: 'False'}", "");
    assertThat(values(of(set(""), waiting)).getLast()).isZero();
    String scaledUp =
        "{apiVersion: v1, kind: Event, metadata: {name: e%d, namespace: s}, involvedObject: {kind: Pod, name: ring-0, uid: ring-0}, type: Normal, reason: TriggeredScaleUp, message: 'pod triggered scale-up', lastTimestamp: '2026-01-01T11:59:0%dZ'}";
    Advance once = withEvents(waiting, scaledUp.formatted(1, 1));
    assertThat(values(once).getLast()).isOne();
    assertThat(once.marks().getLast().words()).isEqualTo("a node is being added for Pod ring-0");
    assertThat(values(withEvents(waiting, scaledUp.formatted(1, 1), scaledUp.formatted(2, 9))))
        .isEqualTo(values(once));
  }

  private static Advance withEvents(String pod, String... events) throws Exception {
    List<KubeObject> read = new ArrayList<>();
    for (String event : events) {
      read.add(read(event));
    }
    return Advance.of(
        set(""),
        new Related(List.of(), List.of(read(pod)), read),
        new InProgress("Ready: 0/3"),
        BEGUN,
        NOON);
  }

  private static KubeObject workload(String kind, String spec) throws Exception {
    return read(
        "{apiVersion: apps/v1, kind: %s, metadata: {name: ring, namespace: s, uid: set}, spec: {%s}}"
            .formatted(kind, spec));
  }

  private static KubeObject daemons(String rolling) throws Exception {
    return workload("DaemonSet", "updateStrategy: {rollingUpdate: {" + rolling + "}}");
  }

  @Test
  void an_image_is_pulled_while_a_container_is_created_in_a_sandbox() throws Exception {
    String sandbox = "{type: PodReadyToStartContainers, status: 'True'}";
    String creating = "{name: c, state: {waiting: {reason: ContainerCreating}}}";
    String failing = "{name: c, state: {waiting: {reason: ErrImagePull}}}";
    assertThat(of(set(""), pod("ring-0", sandbox, creating)).pulling()).isEqualTo("ring-0");
    assertThat(of(set(""), pod("ring-0", sandbox, failing)).pulling()).isEmpty();
    assertThat(of(set(""), pod("ring-0", "", creating)).pulling()).isEmpty();
    String init =
        pod("ring-0", sandbox, "{name: c, state: {waiting: {reason: PodInitializing}}}")
            .replace(
                "containerStatuses",
                "initContainerStatuses: [{name: wait, state: {running: {}}}], containerStatuses");
    assertThat(of(set(""), init).pulling()).isEmpty();
    assertThat(of(set(""), init.replace("running: {}", "terminated: {exitCode: 0}")).pulling())
        .isEqualTo("ring-0");
    String stuck = pod("ring-0", sandbox, creating).replace("T11:59:00Z", "T11:29:00Z");
    assertThat(of(NOON.minusSeconds(3_600), set(""), stuck).pulling()).isEmpty();
  }

  @Test
  void conditions_of_a_custom_resource_are_what_it_moves_by() throws Exception {
    KubeObject certificate =
        read(
            "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: c, namespace: s}, status: {conditions: [{type: Issuing, status: 'True', reason: DoesNotExist}]}}");
    Advance advance =
        Advance.of(certificate, Related.NONE, new InProgress("Not ready"), BEGUN, NOON);
    assertThat(advance.set()).isTrue();
    assertThat(advance.marks())
        .extracting(Advance.Mark::words)
        .containsExactly("Certificate/c has Issuing=True (DoesNotExist)");
  }

  @Test
  void a_start_is_remembered_with_its_exits_and_its_time() throws Exception {
    Advance advance =
        of(
            set(""),
            pod(
                "ring-0",
                "{type: Ready, status: 'True', lastTransitionTime: '2026-01-01T11:59:20Z'}",
                "{name: c, ready: true, restartCount: 2, state: {running: {}}, lastState: {terminated: {exitCode: 1}}}"));
    assertThat(advance.start().object()).isEqualTo("StatefulSet.apps/s/ring");
    assertThat(advance.start().exits("c")).hasValue(2);
    assertThat(advance.start().exits("other")).isEmpty();
    assertThat(advance.start().seconds()).isEqualTo(20);
  }

  private static final String READY =
      "{type: Ready, status: 'True', lastTransitionTime: '2026-01-01T11:59:20Z'}";
  private static final String RUNS =
      "{name: c, ready: true, restartCount: 0, state: {running: {}}}";

  @Test
  void a_start_without_an_exit_is_remembered_too() throws Exception {
    assertThat(of(set(""), pod("ring-0", READY, RUNS)).start().exits("c")).hasValue(0);
  }

  @Test
  void an_init_container_that_is_done_has_not_exited() throws Exception {
    String init =
        pod("ring-0", READY, RUNS)
            .replace(
                "containerStatuses",
                "initContainerStatuses: [{name: wait, restartCount: 2, state: {terminated: {exitCode: 0}}, lastState: {terminated: {exitCode: 1}}}], containerStatuses");
    assertThat(of(set(""), init).start().exits("wait")).hasValue(2);
    assertThat(
            of(
                    set(""),
                    init.replace("Count: 2", "Count: 0")
                        .replace(", lastState: {terminated: {exitCode: 1}}", ""))
                .start()
                .exits("wait"))
        .hasValue(0);
  }

  @Test
  void without_a_ready_pod_no_start_is_known() throws Exception {
    assertThat(of(set("")).start().exits("c")).isEmpty();
    assertThat(of(set(""), pod("ring-0", "", RUNS.replace("true", "false"))).start().exits("c"))
        .isEmpty();
  }

  @Test
  void restarts_of_an_older_pod_are_no_start() throws Exception {
    String restarted =
        "{name: c, ready: true, restartCount: 5, state: {running: {}}, lastState: {terminated: {exitCode: 1}}}";
    assertThat(of(set(""), older(pod("ring-0", READY, restarted))).start().exits("c")).isEmpty();
    assertThat(of(set(""), older(pod("ring-0", READY, restarted))).start().seconds()).isZero();
    assertThat(of(set(""), older(pod("ring-0", READY, RUNS))).start().exits("c")).hasValue(0);
    assertThat(
            of(
                    set(""),
                    older(pod("ring-0", READY, restarted)),
                    pod("ring-1", READY, restarted.replace("5", "1")))
                .start()
                .exits("c"))
        .hasValue(1);
  }

  private static String older(String pod) {
    return pod.replace("T11:59:00Z", "T08:00:00Z");
  }

  private static List<Integer> values(Advance advance) {
    return advance.marks().stream().map(Advance.Mark::value).toList();
  }

  private static Advance of(KubeObject object, String... pods) throws Exception {
    return of(BEGUN, object, pods);
  }

  private static Advance of(Instant begun, KubeObject object, String... pods) throws Exception {
    List<KubeObject> read = new ArrayList<>();
    for (String pod : pods) {
      read.add(read(pod));
    }
    return Advance.of(
        object, new Related(List.of(), read, List.of()), new InProgress("Ready: 0/3"), begun, NOON);
  }

  private static KubeObject set(String spec) throws Exception {
    return read(
        """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: ring, namespace: s, uid: set}
        spec: {%s}
        status: {updateRevision: r}
        """
            .formatted(spec));
  }

  private static KubeObject deployment(String deadline, String metadata) throws Exception {
    return read(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: s, uid: d%s}
        spec: {progressDeadlineSeconds: %s}
        """
            .formatted(metadata, deadline));
  }

  private static String pod(String name, String conditions, String containers) {
    return """
        apiVersion: v1
        kind: Pod
        metadata: {name: %s, namespace: s, uid: %s, labels: {controller-revision-hash: r}, ownerReferences: [{uid: set}], creationTimestamp: '2026-01-01T11:59:00Z'}
        spec: {containers: [{name: c}]}
        status: {phase: Running, startTime: '2026-01-01T11:59:00Z', conditions: [%s], containerStatuses: [%s]}
        """
        .formatted(name, name, conditions, containers);
  }

  private static KubeObject read(String yaml) throws Exception {
    return ManifestReader.read(yaml).getFirst();
  }
}
