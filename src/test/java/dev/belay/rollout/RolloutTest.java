package dev.belay.rollout;

import static dev.belay.rollout.Expect.is;
import static dev.belay.rollout.Expect.leaves;
import static dev.belay.rollout.Expect.opens;
import static dev.belay.rollout.Expect.promotes;
import static dev.belay.rollout.Expect.revisitsAt;
import static dev.belay.rollout.Expect.rollsBack;
import static dev.belay.rollout.Expect.soaks;
import static dev.belay.rollout.Expect.waits;
import static dev.belay.rollout.Timeline.DB;
import static dev.belay.rollout.Timeline.WEB;
import static dev.belay.rollout.Timeline.crashing;
import static dev.belay.rollout.Timeline.ready;
import static dev.belay.rollout.Timeline.second;
import static dev.belay.rollout.Timeline.stable;
import static dev.belay.rollout.Timeline.starting;
import static dev.belay.rollout.Timeline.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.helm.HelmStatus;
import dev.belay.readiness.Cause;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The life of a change: seen, verified, promoted or found to have failed. */
class RolloutTest {

  @Test
  void a_healthy_release_that_was_there_before_becomes_stable_after_its_soak() {
    unknown()
        .helm(7, HelmStatus.DEPLOYED, -9000, -8990, "")
        .at(0, opens(7))
        .at(0, soaks())
        .at(9, soaks())
        .at(10, promotes(7))
        .at(11, is(Decision.Settled.class));
  }

  @Test
  void a_release_that_was_there_before_has_its_full_timeout_from_the_first_sight() {
    unknown()
        .helm(7, HelmStatus.DEPLOYED, -9000, -8990, "")
        .web(starting())
        .at(0, opens(7))
        .at(299, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
        .at(300, leaves(Reason.NoStableRevision));
  }

  @Test
  void a_good_upgrade_is_promoted_once_it_stayed_ready_for_the_soak_time() {
    stable()
        .helm(2, HelmStatus.PENDING_UPGRADE)
        .at(0, opens(2))
        .at(1, waits(Reason.ClientActive, "Helm revision 2 is pending-upgrade"))
        .helm(2, HelmStatus.DEPLOYED)
        .web(starting())
        .at(2, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
        .web(ready())
        .at(8, soaks())
        .at(17, soaks())
        .at(18, promotes(2));
  }

  @Test
  void an_unsettled_release_is_looked_at_again_every_second_and_at_the_end_of_its_soak() {
    Timeline timeline = stable().helm(2, HelmStatus.DEPLOYED);
    timeline.at(0, opens(2));
    timeline.at(1, revisitsAt(2));
    assertThat(timeline.status().changeSet().currentSince()).isEqualTo(second(1));
    timeline.web(starting()).at(2, revisitsAt(3));
    assertThat(timeline.status().changeSet().currentSince()).isNull();
  }

  @Test
  void a_release_without_workloads_is_proven_by_the_soak_alone() {
    Timeline timeline = stable().helm(2, HelmStatus.DEPLOYED);
    timeline.at(0, opens(2));
    Observation nothing =
        new Observation(
            Mode.ENFORCE,
            new Observation.Helm(2, HelmStatus.DEPLOYED, "", second(0), second(0), ""),
            java.util.List.of(),
            0);
    assertThat(Rollout.decide(timeline.status(), nothing, Timeline.POLICY, second(1)))
        .isInstanceOf(Decision.Wait.class);
  }

  @Test
  void a_restart_during_the_soak_begins_it_again() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .at(0, opens(2))
        .at(1, soaks())
        .restarts(1)
        .at(9, soaks())
        .at(18, soaks())
        .at(19, promotes(2));
  }

  @Test
  void a_pod_that_was_replaced_during_the_soak_begins_it_again() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .restarts(2)
        .at(0, opens(2))
        .at(1, soaks())
        .restarts(0)
        .at(9, soaks())
        .at(18, soaks())
        .at(19, promotes(2));
  }

  @Test
  void restarts_before_the_workloads_were_ready_do_not_count() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .web(starting())
        .restarts(2)
        .at(0, opens(2))
        .at(1, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
        .web(ready())
        .at(5, soaks())
        .at(15, promotes(2));
  }

  @Test
  void a_workload_that_is_not_ready_any_more_begins_the_soak_again() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .at(0, opens(2))
        .at(1, soaks())
        .web(starting())
        .at(10, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
        .web(ready())
        .at(12, soaks())
        .at(21, soaks())
        .at(22, promotes(2));
  }

  @Test
  void one_workload_that_is_not_ready_keeps_all_from_being_promoted() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .object(DB, starting())
        .at(0, opens(2))
        .at(20, waits(Reason.Verifying, "StatefulSet/db: Ready: 1/3"));
  }

  @Test
  void a_crash_is_rolled_back_at_once_even_if_another_workload_is_still_starting() {
    Timeline timeline = stable().helm(2, HelmStatus.DEPLOYED).web(starting());
    timeline.at(0, opens(2));
    timeline.object(DB, crashing()).at(3, rollsBack("CrashLoop", "container web exited 3: no db"));
  }

  @Test
  void a_crash_during_the_soak_is_rolled_back() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .at(0, opens(2))
        .at(1, soaks())
        .web(crashing())
        .at(9, rollsBack("CrashLoop", "container web exited 3: no db"));
  }

  @Test
  void what_is_not_ready_in_time_is_rolled_back_and_the_message_says_what_it_waited_for() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .web(starting())
        .at(0, opens(2))
        .at(299, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
        .at(300, rollsBack("NotReadyInTime", "not ready within 5 min: Ready: 1/3"));
  }

  /** Whose log is read then. */
  @Test
  void what_is_not_ready_in_time_names_the_pod_and_the_container_that_it_waited_for() {
    Cause cause =
        stable()
            .helm(2, HelmStatus.DEPLOYED)
            .web(starting())
            .at(0, opens(2))
            .decides(300, Decision.RollBack.class)
            .cause();
    assertThat(cause.pod()).isEqualTo("web-1");
    assertThat(cause.container()).isEqualTo("web");
  }

  @Test
  void the_timeout_counts_from_the_end_of_the_clients_work() {
    stable()
        .helm(2, HelmStatus.PENDING_UPGRADE)
        .web(starting())
        .at(0, opens(2))
        .at(200, waits(Reason.ClientActive, "Helm revision 2 is pending-upgrade"))
        .helm(2, HelmStatus.DEPLOYED)
        .at(499, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
        .at(500, rollsBack("NotReadyInTime", "not ready within 5 min: Ready: 1/3"));
  }

  @Test
  void writes_to_a_deployed_record_do_not_prolong_the_timeout() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .web(starting())
        .at(0, opens(2))
        .at(1, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
        .at(250, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
        .helm(2, HelmStatus.DEPLOYED)
        .at(300, rollsBack());
  }

  @Test
  void the_cause_names_the_object_that_was_not_ready() {
    Timeline timeline = stable().helm(2, HelmStatus.DEPLOYED).web(starting());
    timeline.at(0, opens(2));
    assertThat(timeline.decides(300, Decision.RollBack.class).cause().object()).isEqualTo(WEB);
  }

  @Test
  void a_failed_first_install_is_left_since_there_is_nothing_to_go_back_to() {
    unknown()
        .helm(1, HelmStatus.DEPLOYED)
        .web(crashing())
        .at(0, opens(1))
        .at(1, leaves(Reason.NoStableRevision))
        .at(500, leaves(Reason.NoStableRevision));
  }

  @Test
  void between_two_crashes_what_was_left_is_not_said_to_be_verified() {
    unknown()
        .helm(1, HelmStatus.DEPLOYED)
        .web(crashing())
        .at(0, opens(1))
        .at(1, leaves(Reason.NoStableRevision))
        .web(ready())
        .at(3, leaves(Reason.NoStableRevision))
        .web(starting())
        .at(5, leaves(Reason.NoStableRevision))
        .web(ready())
        .at(7, leaves(Reason.NoStableRevision))
        .at(16, leaves(Reason.NoStableRevision))
        .at(17, promotes(1));
  }

  @Test
  void in_an_observed_namespace_a_failure_is_left() {
    stable()
        .mode(Mode.OBSERVE)
        .helm(2, HelmStatus.DEPLOYED)
        .web(crashing())
        .at(0, opens(2))
        .at(1, leaves(Reason.Observed));
  }

  @Test
  void what_was_left_and_recovers_is_promoted_after_a_full_soak() {
    stable()
        .mode(Mode.OBSERVE)
        .helm(2, HelmStatus.DEPLOYED)
        .at(0, opens(2))
        .at(1, soaks())
        .web(crashing())
        .at(5, leaves(Reason.Observed))
        .web(ready())
        .at(100, leaves(Reason.Observed))
        .at(109, leaves(Reason.Observed))
        .at(110, promotes(2));
  }

  @Test
  void what_was_left_is_rolled_back_once_the_namespace_is_enforced() {
    stable()
        .mode(Mode.OBSERVE)
        .helm(2, HelmStatus.DEPLOYED)
        .web(crashing())
        .at(0, opens(2))
        .at(1, leaves(Reason.Observed))
        .mode(Mode.ENFORCE)
        .at(2, rollsBack("CrashLoop", "container web exited 3: no db"));
  }

  @Test
  void a_release_that_helm_uninstalls_is_left_alone() {
    for (HelmStatus gone : new HelmStatus[] {HelmStatus.UNINSTALLING, HelmStatus.UNINSTALLED}) {
      stable().helm(1, gone).at(0, is(Decision.Forget.class));
      stable()
          .helm(2, HelmStatus.DEPLOYED)
          .web(crashing())
          .at(0, opens(2))
          .helm(2, gone)
          .at(1, is(Decision.Forget.class));
    }
  }

  @Test
  void a_judged_revision_is_settled_whatever_its_objects_do() {
    stable().web(crashing()).at(0, is(Decision.Settled.class));
    stable()
        .helm(1, HelmStatus.FAILED)
        .at(0, is(Decision.Settled.class))
        .at(5000, is(Decision.Settled.class));
  }

  @Test
  void objects_are_read_only_while_somebody_waits_for_them() {
    Observation.Helm pending =
        new Observation.Helm(2, HelmStatus.PENDING_UPGRADE, "", second(0), second(0), "");
    Observation.Helm deployed =
        new Observation.Helm(2, HelmStatus.DEPLOYED, "", second(0), second(0), "");
    Observation.Helm judged =
        new Observation.Helm(1, HelmStatus.DEPLOYED, "", second(0), second(0), "");
    assertThat(Rollout.needsObjects(stable().status(), judged)).isFalse();
    assertThat(Rollout.needsObjects(stable().status(), pending)).isFalse();
    assertThat(Rollout.needsObjects(stable().status(), deployed)).isTrue();
    Timeline rollingBack = Timeline.rollingBack();
    assertThat(Rollout.needsObjects(rollingBack.status(), deployed)).isFalse();
    assertThat(Rollout.needsObjects(rollingBack.restored().status(), deployed)).isTrue();
  }

  @Test
  void times_that_people_read_are_in_their_units() {
    Timeline timeline = stable().helm(2, HelmStatus.DEPLOYED).web(starting());
    timeline.at(0, opens(2));
    Observation seen =
        new Observation(
            Mode.ENFORCE,
            new Observation.Helm(2, HelmStatus.DEPLOYED, "", second(0), second(0), ""),
            java.util.List.of(new Observation.Assessed(WEB, starting())),
            0);
    Policy policy = Timeline.POLICY.withTimeout(Duration.ofSeconds(90));
    Decision decision = Rollout.decide(timeline.status(), seen, policy, second(90));
    assertThat(((Decision.RollBack) decision).cause().message())
        .isEqualTo("not ready within 90 s: Ready: 1/3");
  }
}
