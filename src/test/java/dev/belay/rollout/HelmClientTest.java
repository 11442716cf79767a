package dev.belay.rollout;

import static dev.belay.rollout.Expect.leaves;
import static dev.belay.rollout.Expect.opens;
import static dev.belay.rollout.Expect.promotes;
import static dev.belay.rollout.Expect.revisitsAt;
import static dev.belay.rollout.Expect.rollsBack;
import static dev.belay.rollout.Expect.soaks;
import static dev.belay.rollout.Expect.waits;
import static dev.belay.rollout.Timeline.ready;
import static dev.belay.rollout.Timeline.second;
import static dev.belay.rollout.Timeline.stable;
import static dev.belay.rollout.Timeline.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.helm.HelmStatus;
import org.junit.jupiter.api.Test;

/** Belay yields to a Helm that lives, and takes over from one that has died. */
class HelmClientTest {

  @Test
  void a_record_that_helm_marks_failed_is_rolled_back_when_helm_does_nothing_more() {
    stable()
        .helm(2, HelmStatus.PENDING_UPGRADE)
        .at(0, opens(2))
        .wait(30)
        .helm(2, HelmStatus.FAILED, "Upgrade \"web\" failed: timed out")
        .at(
            30,
            waits(
                Reason.ClientActive, "Helm marked revision 2 failed; its own rollback may follow"))
        .at(
            34,
            waits(
                Reason.ClientActive, "Helm marked revision 2 failed; its own rollback may follow"))
        .at(35, rollsBack("ClientFailed", "Upgrade \"web\" failed: timed out"));
  }

  @Test
  void helms_own_rollback_is_let_work_and_its_result_is_promoted() {
    stable()
        .helm(2, HelmStatus.PENDING_UPGRADE)
        .at(0, opens(2))
        .wait(30)
        .helm(2, HelmStatus.FAILED, "Upgrade \"web\" failed: timed out")
        .at(
            31,
            waits(
                Reason.ClientActive, "Helm marked revision 2 failed; its own rollback may follow"))
        .helm(3, HelmStatus.PENDING_ROLLBACK)
        .at(32, opens(3))
        .at(40, waits(Reason.ClientActive, "Helm revision 3 is pending-rollback"))
        .helm(3, HelmStatus.DEPLOYED)
        .web(ready())
        .at(45, soaks())
        .at(55, promotes(3));
  }

  @Test
  void helms_own_rollback_that_fails_is_taken_over() {
    stable()
        .helm(3, HelmStatus.PENDING_ROLLBACK)
        .at(0, opens(3))
        .helm(3, HelmStatus.FAILED, "Rollback \"web\" failed: forbidden")
        .at(5, rollsBack("ClientFailed", "Rollback \"web\" failed: forbidden"));
  }

  @Test
  void a_failure_without_a_description_still_has_a_message() {
    for (HelmStatus odd :
        new HelmStatus[] {HelmStatus.FAILED, HelmStatus.SUPERSEDED, HelmStatus.UNKNOWN}) {
      Timeline timeline = stable().helm(2, odd);
      timeline.at(0, opens(2));
      assertThat(timeline.decides(5, Decision.RollBack.class).cause().message())
          .isEqualTo("Helm left revision 2 " + odd.text());
    }
  }

  @Test
  void a_pending_record_outlives_its_client_only_for_so_long() {
    stable()
        .helm(2, HelmStatus.PENDING_UPGRADE)
        .at(0, opens(2))
        .at(604, waits(Reason.ClientActive, "Helm revision 2 is pending-upgrade"))
        .at(
            605,
            rollsBack(
                "ClientGone",
                "Helm left revision 2 pending-upgrade since 2026-03-01T12:00:00Z: its client is gone"));
  }

  @Test
  void a_pending_record_is_looked_at_again_each_second_and_when_its_deadline_passes() {
    Timeline timeline = stable().helm(2, HelmStatus.PENDING_UPGRADE);
    timeline.at(0, opens(2));
    timeline.at(10, revisitsAt(11));
    timeline.mode(Mode.OBSERVE).at(20, revisitsAt(30)).at(600, revisitsAt(605));
  }

  @Test
  void a_pending_record_from_before_the_first_sight_has_its_time_from_then() {
    unknown()
        .helm(3, HelmStatus.PENDING_UPGRADE, -9000, -9000, "")
        .at(0, opens(3))
        .at(604, waits(Reason.ClientActive, "Helm revision 3 is pending-upgrade"))
        .at(605, leaves(Reason.NoStableRevision));
  }

  @Test
  void a_client_that_died_in_an_observed_namespace_is_only_reported() {
    stable()
        .mode(Mode.OBSERVE)
        .helm(2, HelmStatus.PENDING_UPGRADE)
        .at(0, opens(2))
        .at(605, leaves(Reason.Observed));
  }

  @Test
  void an_upgrade_that_begins_during_the_soak_takes_the_place_of_the_one_before() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .at(0, opens(2))
        .at(1, soaks())
        .wait(4)
        .helm(3, HelmStatus.PENDING_UPGRADE)
        .at(6, opens(3))
        .helm(3, HelmStatus.DEPLOYED)
        .at(11, soaks())
        .at(21, promotes(3));
  }

  @Test
  void a_client_whose_clock_runs_ahead_gets_no_longer_than_the_timeout() {
    Timeline timeline = stable().helm(2, HelmStatus.DEPLOYED, 0, 4000, "");
    timeline.at(0, opens(2));
    timeline.at(1, soaks());
    assertThat(timeline.status().changeSet().settledAt()).isEqualTo(second(1));
  }
}
