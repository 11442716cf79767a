package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Baseline;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The change begins at 12:00, and it is 12:01. What it finds unready, it is not undone for. */
class AsBeforeTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant NOW = Instant.parse("2026-01-01T12:01:00Z");
  private static final Readiness LACKING = new InProgress("Available: 1/3");

  private static final String COMPLETE = "NewReplicaSetAvailable";
  private static final String GOING_ON = "ReplicaSetUpdated";

  @Test
  void what_was_unready_and_is_left_alone_is_not_waited_for() throws Exception {
    Web web = new Web().untouched();
    Readiness failed = new Failed(Cause.ofObject(Reasons.CRASH_LOOP, web.object().key(), "exited"));
    assertThat(web.judge(failed, web.before(3, 0, false)))
        .isEqualTo(new Current("As unready as before the change: exited"));
    assertThat(web.judge(LACKING, web.before(3, 0, false))).isInstanceOf(Current.class);
  }

  @Test
  void what_was_ready_before_or_is_written_by_the_change_is_the_changes() throws Exception {
    Web left = new Web().untouched().pods("Ready", "Ready", "Unready");
    assertThat(left.judge(LACKING, left.before(3, 3, true))).isEqualTo(LACKING);
    Web written = new Web().pods("Ready", "Ready", "Unready");
    assertThat(written.judge(LACKING, written.before(3, 0, false))).isEqualTo(LACKING);
  }

  @Test
  void pods_that_were_scaled_beyond_the_room_are_not_waited_for() throws Exception {
    Web web = new Web().replicas(5, "scale").pods("Ready", "Ready", "Unscheduled", "Unscheduled");
    assertThat(web.judge(LACKING, web.before(2, 2, true)))
        .isEqualTo(new Current("No room for more Pods now: Available: 1/3"));
    assertThat(web.judge(LACKING, web.before(3, 3, true)))
        .as("as many as there were have to be available")
        .isEqualTo(LACKING);
  }

  @Test
  void replicas_that_the_change_itself_asks_for_are_waited_for() throws Exception {
    Web web = new Web().replicas(5, "").pods("Ready", "Ready", "Unscheduled");
    assertThat(web.judge(LACKING, web.before(2, 2, true))).isEqualTo(LACKING);
  }

  @Test
  void a_pod_that_runs_and_is_not_ready_is_never_excused() throws Exception {
    Web web = new Web().replicas(5, "scale").pods("Ready", "Ready", "Unready", "Unscheduled");
    assertThat(web.judge(LACKING, web.before(2, 2, true))).isEqualTo(LACKING);
  }

  @Test
  void pods_that_are_refused_are_excused_for_whoever_scales_only() throws Exception {
    Web web = new Web().replicas(5, "scale").pods("Ready", "Ready");
    Readiness refused =
        new Failed(Cause.ofObject(Reasons.PODS_REFUSED, web.object().key(), "exceeded quota"));
    assertThat(web.judge(refused, web.before(2, 2, true))).isInstanceOf(Current.class);
    Web complete = new Web().pods("Ready", "Ready");
    assertThat(complete.judge(refused, complete.before(3, 3, true))).isEqualTo(refused);
  }

  @Test
  void a_pod_that_is_not_available_yet_is_not_counted() throws Exception {
    Web web = new Web().replicas(5, "scale").pods("Ready", "Ready", "Unscheduled");
    web.minReadySeconds = 120;
    assertThat(web.judge(LACKING, web.before(2, 2, true))).isEqualTo(LACKING);
  }

  @Test
  void what_a_drained_or_lost_node_takes_from_a_complete_rollout_is_not_waited_for()
      throws Exception {
    Web drained = new Web().pods("Ready", "Ready", "Unscheduled");
    assertThat(drained.judge(LACKING, drained.before(3, 3, true))).isInstanceOf(Current.class);
    Web evicted = new Web().pods("Ready", "Ready", "Evicted", "Unscheduled");
    assertThat(evicted.judge(LACKING, evicted.before(3, 3, true))).isInstanceOf(Current.class);
    Web lost = new Web().pods("Ready", "Ready", "Lost");
    assertThat(lost.judge(LACKING, lost.before(3, 3, true))).isInstanceOf(Current.class);
  }

  @Test
  void a_pod_that_is_not_there_or_is_to_be_restored_is_waited_for() throws Exception {
    Web refused = new Web().pods("Ready", "Ready");
    assertThat(refused.judge(LACKING, refused.before(3, 3, true))).isEqualTo(LACKING);
    Web restored = new Web().pods("Ready", "Ready", "Unscheduled");
    restored.undone = true;
    assertThat(restored.judge(LACKING, restored.before(3, 3, true))).isEqualTo(LACKING);
    assertThat(restored.judge(LACKING, restored.before(3, 2, false)))
        .as("as it was before the change that is undone")
        .isInstanceOf(Current.class);
  }

  @Test
  void a_rollout_that_finds_no_room_is_the_changes() throws Exception {
    Web goingOn = new Web().rollout(GOING_ON, "web-a").pods("Ready", "Ready", "Unscheduled");
    assertThat(goingOn.judge(LACKING, goingOn.before(3, 3, true))).isEqualTo(LACKING);
    Web ofBefore = new Web().rollout(COMPLETE, "web-0").pods("Ready", "Ready", "Unscheduled");
    assertThat(ofBefore.judge(LACKING, ofBefore.before(3, 3, true))).isEqualTo(LACKING);
    Web besideOld = new Web().pods("Ready", "Ready", "Unscheduled");
    besideOld.old = 1;
    assertThat(besideOld.judge(LACKING, besideOld.before(3, 3, true))).isEqualTo(LACKING);
  }

  @Test
  void a_stuck_pod_of_a_stateful_set_that_goes_back_is_waited_for() throws Exception {
    Web back = new Web().ofKind("StatefulSet").pods("Ready", "Ready", "Stuck");
    assertThat(back.judge(LACKING, back.before(3, 3, true))).isEqualTo(LACKING);
    Web drained = new Web().ofKind("StatefulSet").pods("Ready", "Ready", "Unscheduled");
    assertThat(drained.judge(LACKING, drained.before(3, 3, true))).isInstanceOf(Current.class);
  }

  @Test
  void what_its_controller_has_not_seen_yet_is_waited_for() throws Exception {
    Web web = new Web().pods("Ready", "Ready", "Ready");
    web.observed = 1;
    assertThat(web.judge(LACKING, web.before(3, 3, true))).isEqualTo(LACKING);
    web.observed = 2;
    assertThat(web.judge(LACKING, web.before(3, 3, true))).isInstanceOf(Current.class);
  }

  @Test
  void as_many_as_before_are_enough_where_the_room_was_short_before() throws Exception {
    Web web = new Web().rollout(GOING_ON, "web-a").pods("Ready", "Ready", "Unscheduled");
    assertThat(web.judge(LACKING, web.before(3, 2, false))).isInstanceOf(Current.class);
    assertThat(web.judge(LACKING, web.before(4, 3, false))).isEqualTo(LACKING);
    assertThat(web.judge(LACKING, web.before(2, 2, false)))
        .as("the change asks for more than there was room for")
        .isEqualTo(LACKING);
  }

  @Test
  void a_node_without_room_for_a_daemon_is_not_waited_for() throws Exception {
    Web full = new Web().ofKind("DaemonSet").pods("Ready", "Ready", "Unscheduled");
    assertThat(full.judge(LACKING, full.before(3, 2, false))).isInstanceOf(Current.class);
    assertThat(full.judge(LACKING, full.before(2, 2, true))).isInstanceOf(Current.class);
    assertThat(full.judge(LACKING, full.before(3, 3, true)))
        .as("there was room for it before the change")
        .isEqualTo(LACKING);
    Web dead = new Web().ofKind("DaemonSet").pods("Ready", "Ready", "Untaken");
    assertThat(dead.judge(LACKING, dead.before(3, 2, false))).isInstanceOf(Current.class);
  }

  @Test
  void what_is_current_stays_so_and_what_goes_is_waited_for() throws Exception {
    Web web = new Web().untouched();
    Current current = new Current("Available: 3");
    assertThat(web.judge(current, web.before(3, 0, false))).isEqualTo(current);
    web.deleted = true;
    assertThat(web.judge(LACKING, web.before(3, 0, false))).isEqualTo(LACKING);
  }

  @Test
  void what_the_change_has_deleted_counts_as_ready_before_it() throws Exception {
    KubeObject going = claim(NOON.plusSeconds(1));
    KubeObject gone = claim(NOON.minusSeconds(1));
    assertThat(AsBefore.baseline(going, LACKING, false, NOON).ready()).isTrue();
    assertThat(AsBefore.baseline(gone, LACKING, false, NOON).ready()).isFalse();
  }

  private static KubeObject claim(Instant deleted) throws Exception {
    return ManifestReader.read(
            "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, deletionTimestamp: '%s'}}"
                .formatted(deleted))
        .getFirst();
  }

  @Test
  void the_baseline_is_what_was_wanted_and_what_was_there() throws Exception {
    Web web = new Web().untouched().pods("Ready", "Ready", "Unscheduled");
    assertThat(AsBefore.baseline(web.object(), LACKING, false, NOON))
        .isEqualTo(web.before(3, 2, false));
    Web daemons = new Web().ofKind("DaemonSet").untouched().pods("Ready", "Ready");
    assertThat(AsBefore.baseline(daemons.object(), new Current("Ready"), false, NOON))
        .isEqualTo(daemons.before(3, 2, true));
    Web written = new Web().pods("Ready", "Ready", "Unscheduled");
    written.availableSince = "12:00:01";
    assertThat(AsBefore.baseline(written.object(), LACKING, true, NOON))
        .as("the change's doing, though it is seen before anything else")
        .isEqualTo(written.before(3, 3, true));
  }

  @Test
  void what_lacks_pods_is_noted_as_its_change_is_let_through() throws Exception {
    Web changed = new Web();
    changed.minReadySeconds = 7;
    for (String kind : List.of("StatefulSet", "DaemonSet", "ReplicaSet", "Deployment")) {
      Web set = new Web().ofKind(kind).pods("Ready", "Ready", "Unscheduled");
      assertThat(AsBefore.unready(set.object(), changed.ofKind(kind).object(), NOW))
          .as(kind)
          .contains(set.before(3, 2, false));
    }
  }

  @Test
  void what_is_ready_or_only_labelled_or_not_seen_yet_is_not_noted() throws Exception {
    Web changed = new Web().ofKind("ReplicaSet");
    changed.minReadySeconds = 7;
    Web ready = new Web().ofKind("ReplicaSet").pods("Ready", "Ready", "Ready");
    assertThat(AsBefore.unready(ready.object(), changed.object(), NOW)).isEmpty();
    Web lacking = new Web().ofKind("ReplicaSet").pods("Ready");
    assertThat(AsBefore.unready(lacking.object(), changed.object(), NOW)).isPresent();
    assertThat(AsBefore.unready(lacking.object(), lacking.object(), NOW)).isEmpty();
    lacking.observed = 1;
    assertThat(AsBefore.unready(lacking.object(), changed.object(), NOW))
        .as("its status is that of an earlier spec")
        .isEmpty();
  }

  @Test
  void what_was_unready_and_is_to_have_more_pods_is_the_changes() throws Exception {
    Web more = new Web().untouched().replicas(5, "").pods("Ready", "Unready");
    assertThat(more.judge(LACKING, more.before(3, 1, false))).isEqualTo(LACKING);
    Web scaled = new Web().untouched().replicas(5, "scale").pods("Ready", "Unready");
    assertThat(scaled.judge(LACKING, scaled.before(3, 1, false))).isInstanceOf(Current.class);
    scaled.asksFor(5);
    assertThat(scaled.judge(LACKING, scaled.before(3, 1, false))).isEqualTo(LACKING);
  }

  @Test
  void what_the_change_makes_an_autoscaler_keep_is_waited_for() throws Exception {
    Web web = new Web().replicas(5, "scale").pods("Ready", "Ready", "Ready", "Unscheduled");
    assertThat(web.asksFor(4).judge(LACKING, web.before(2, 2, true))).isEqualTo(LACKING);
    assertThat(web.asksFor(3).judge(LACKING, web.before(2, 2, true)))
        .as("what the autoscaler wants beside that is not the change's")
        .isInstanceOf(Current.class);
    Readiness refused =
        new Failed(Cause.ofObject(Reasons.PODS_REFUSED, web.object().key(), "exceeded quota"));
    assertThat(web.asksFor(4).judge(refused, web.before(2, 2, true))).isEqualTo(refused);
  }

  @Test
  void an_autoscaler_that_was_faster_than_the_look_hides_nothing() throws Exception {
    Web web = new Web().untouched().replicas(5, "scale").pods("Ready", "Ready", "Unscheduled");
    assertThat(web.asksFor(5).judge(LACKING, web.before(5, 1, false))).isEqualTo(LACKING);
    assertThat(web.asksFor(3).judge(LACKING, web.before(5, 1, false)))
        .as("not what sets the number")
        .isInstanceOf(Current.class);
    Web complete = new Web().pods("Ready", "Ready", "Unscheduled");
    assertThat(complete.asksFor(3).judge(LACKING, complete.before(3, 1, false))).isEqualTo(LACKING);
  }

  private static Web daemons(String... pods) {
    return new Web().ofKind("DaemonSet").desired(4).pods(pods);
  }

  @Test
  void a_node_that_is_lost_before_the_rollout_is_complete_holds_up_what_was_ready_on_it()
      throws Exception {
    Web web = new Web().rollout(GOING_ON, "web-a").pods("Ready", "Ready", "Lost");
    web.old = 1;
    assertThat(web.judge(LACKING, web.before(3, 3, true))).isInstanceOf(Current.class);
    web.minReadySeconds = 120;
    assertThat(web.judge(LACKING, web.before(3, 3, true)))
        .as("not available yet")
        .isEqualTo(LACKING);
    Web fewer = new Web().rollout(GOING_ON, "web-a").pods("Ready", "Lost");
    fewer.old = 2;
    assertThat(fewer.judge(LACKING, fewer.before(3, 3, true)))
        .as("one has never been there")
        .isEqualTo(LACKING);
    Web finishing = new Web().rollout(GOING_ON, "web-a").pods("Ready", "Ready", "Ready");
    finishing.old = 1;
    assertThat(finishing.judge(LACKING, finishing.before(3, 3, true)))
        .as("nothing is lost, so it goes on")
        .isEqualTo(LACKING);
    web.minReadySeconds = 0;
    web.undone = true;
    assertThat(web.judge(LACKING, web.before(3, 3, true))).isEqualTo(LACKING);
  }

  @Test
  void what_its_controller_has_not_seen_yet_still_says_how_it_was() throws Exception {
    Web web = new Web().pods("Ready", "Ready", "Unscheduled");
    web.observed = 1;
    assertThat(AsBefore.baseline(web.object(), LACKING, true, NOON))
        .isEqualTo(web.before(3, 2, false));
    Web daemons = daemons("Ready", "Ready", "Ready", "Unscheduled");
    daemons.observed = 1;
    assertThat(AsBefore.baseline(daemons.object(), LACKING, true, NOON))
        .isEqualTo(daemons.before(4, 3, false));
  }

  @Test
  void what_says_itself_that_it_lacked_pods_before_the_change_did() throws Exception {
    Web web = new Web().pods("Ready", "Ready", "Unscheduled");
    assertThat(AsBefore.baseline(web.object(), LACKING, true, NOON))
        .isEqualTo(web.before(3, 2, false));
    web.availableSince = "12:00:00";
    assertThat(AsBefore.baseline(web.object(), LACKING, true, NOON))
        .isEqualTo(web.before(3, 3, true));
  }

  @Test
  void what_is_wanted_of_a_workload_is_its_spec_without_its_replicas() throws Exception {
    String wanted = AsBefore.wanted(new Web().object());
    assertThat(AsBefore.wanted(new Web().replicas(9, "scale").object())).isEqualTo(wanted);
    Web labelled = new Web();
    labelled.deleted = true;
    assertThat(AsBefore.wanted(labelled.object())).isEqualTo(wanted);
    Web other = new Web();
    other.minReadySeconds = 7;
    assertThat(AsBefore.wanted(other.object())).isNotEqualTo(wanted);
  }

  /** A workload of three Pods, all of them written by the change, with its rollout complete. */
  private static final class Web {

    private String kind = "Deployment";
    private boolean touched = true;
    private long asksFor = 0;
    private int desired = 3;
    private String availableSince = "11:00:00";
    private int replicas = 3;
    private String scaledBy = "";
    private String reason = COMPLETE;
    private String replicaSet = "web-a";
    private int old = 0;
    private int observed = 2;
    private int minReadySeconds = 0;
    private boolean deleted = false;
    private boolean undone = false;
    private List<String> pods = List.of();

    Web untouched() {
      touched = false;
      return this;
    }

    Web asksFor(int number) {
      asksFor = number;
      return this;
    }

    Web desired(int number) {
      desired = number;
      return this;
    }

    Web replicas(int number, String subresource) {
      replicas = number;
      scaledBy = subresource;
      reason = GOING_ON;
      return this;
    }

    Web rollout(String why, String of) {
      reason = why;
      replicaSet = of;
      return this;
    }

    Web ofKind(String name) {
      kind = name;
      return this;
    }

    Web pods(String... states) {
      pods = List.of(states);
      return this;
    }

    Baseline before(int wanted, int available, boolean ready) {
      return new Baseline(kind + ".apps/shop/web", wanted, available, ready);
    }

    Readiness judge(Readiness readiness, Baseline baseline) throws Exception {
      AsBefore.Change change = new AsBefore.Change(touched, asksFor, undone);
      return AsBefore.judge(readiness, object(), related(), baseline, change, NOW);
    }

    KubeObject object() throws Exception {
      long ready = pods.stream().filter("Ready"::equals).count();
      return read(
          """
          apiVersion: apps/v1
          kind: %s
          metadata:
            name: web
            namespace: shop
            uid: web
            generation: 2
            annotations: {deprecated.daemonset.template.generation: "1"}
            %s
            managedFields:
              - {manager: x, operation: Update, subresource: "%s", time: "2026-01-01T12:00:20Z", fieldsV1: {"f:spec": {"f:replicas": {}}}}
          spec:
            replicas: %d
            minReadySeconds: %d
            template: {metadata: {labels: {app: web}}}
          status:
            observedGeneration: %d
            replicas: %d
            updatedReplicas: %d
            updateRevision: a
            currentRevision: a
            availableReplicas: %d
            readyReplicas: %d
            fullyLabeledReplicas: %d
            desiredNumberScheduled: %d
            numberAvailable: %d
            conditions:
              - {type: Available, status: "%s", lastTransitionTime: "2026-01-01T%sZ"}
              - {type: Progressing, status: "True", reason: %s, message: 'ReplicaSet "%s" has successfully progressed.'}
          """
              .formatted(
                  kind,
                  deleted ? "deletionTimestamp: \"2026-01-01T12:00:30Z\"" : "",
                  scaledBy,
                  replicas,
                  minReadySeconds,
                  observed,
                  pods.size() + old,
                  pods.size(),
                  ready,
                  ready,
                  ready,
                  desired,
                  ready,
                  ready < replicas ? "False" : "True",
                  availableSince,
                  reason,
                  replicaSet));
    }

    private Related related() throws Exception {
      KubeObject set =
          read(
              """
              apiVersion: apps/v1
              kind: ReplicaSet
              metadata:
                name: web-a
                namespace: shop
                uid: set
                ownerReferences: [{uid: web}]
              spec: {template: {metadata: {labels: {app: web, pod-template-hash: a}}}}
              """);
      List<KubeObject> all = new ArrayList<>();
      for (String state : pods) {
        all.add(pod(all.size(), state));
      }
      return new Related(List.of(set), all, List.of());
    }

    private KubeObject pod(int number, String state) throws Exception {
      boolean old = state.startsWith("Old");
      boolean placed = !state.equals("Unscheduled");
      boolean taken = placed && !state.equals("Untaken");
      return read(
          """
          apiVersion: v1
          kind: Pod
          metadata:
            name: web-%d
            namespace: shop
            creationTimestamp: "2026-01-01T12:00:05Z"
            labels: {pod-template-generation: "%s", controller-revision-hash: %s}
            ownerReferences: [{uid: %s}]
          spec: {%s}
          status:
            %s
            conditions:
              - {type: Ready, status: "%s", lastTransitionTime: "2026-01-01T12:00:10Z"}
              - {type: ContainersReady, status: "%s"}
          """
              .formatted(
                  number,
                  old ? "0" : "1",
                  old || state.equals("Stuck") ? "b" : "a",
                  kind.equals("Deployment") ? "set" : "web",
                  placed ? "nodeName: node-1" : "",
                  state.equals("Evicted")
                      ? "phase: Failed"
                      : taken ? "startTime: \"2026-01-01T12:00:06Z\"" : "phase: Pending",
                  state.endsWith("Ready") ? "True" : "False",
                  state.endsWith("Ready") || state.equals("Lost") ? "True" : "False"));
    }

    private static KubeObject read(String text) throws Exception {
      return ManifestReader.read(text).getFirst();
    }
  }
}
