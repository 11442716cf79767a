package dev.belay.rollout;

import static dev.belay.rollout.Expect.leaves;
import static dev.belay.rollout.Expect.opens;
import static dev.belay.rollout.Expect.promotes;
import static dev.belay.rollout.Expect.rollsBack;
import static dev.belay.rollout.Expect.soaks;
import static dev.belay.rollout.Expect.tells;
import static dev.belay.rollout.Expect.waits;
import static dev.belay.rollout.Timeline.DB;
import static dev.belay.rollout.Timeline.WEB;
import static dev.belay.rollout.Timeline.crashing;
import static dev.belay.rollout.Timeline.ready;
import static dev.belay.rollout.Timeline.stable;
import static dev.belay.rollout.Timeline.starting;
import static dev.belay.rollout.Timeline.unknown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.helm.HelmStatus;
import org.junit.jupiter.api.Test;

/** A client that waits is told of a failure, and then goes on as it was asked to. */
class WaitingClientTest {

  private static final String CRASH = "container web exited 3: no db";

  private static Timeline upgrading() {
    return stable().helm(2, HelmStatus.PENDING_UPGRADE).web(starting()).at(0, opens(2));
  }

  @Test
  void it_is_told_as_soon_as_a_workload_fails_and_of_each_that_is_not_ready() {
    upgrading()
        .object(DB, starting())
        .at(1, waits(Reason.ClientActive, "Helm revision 2 is pending-upgrade"))
        .web(crashing())
        .at(7, tells(CRASH, DB, WEB))
        .object(DB, ready())
        .at(8, tells(CRASH, WEB));
  }

  @Test
  void whatever_it_does() {
    for (HelmStatus pending :
        new HelmStatus[] {
          HelmStatus.PENDING_INSTALL, HelmStatus.PENDING_UPGRADE, HelmStatus.PENDING_ROLLBACK
        }) {
      stable().helm(2, pending).web(crashing()).at(0, opens(2)).at(1, tells(CRASH, WEB));
    }
  }

  @Test
  void nobody_is_told_where_belay_only_observes() {
    upgrading()
        .mode(Mode.OBSERVE)
        .web(crashing())
        .at(1, waits(Reason.ClientActive, "Helm revision 2 is pending-upgrade"));
  }

  @Test
  void what_was_told_is_true_until_all_is_well() {
    upgrading()
        .web(crashing())
        .at(7, tells(CRASH, WEB))
        .web(starting())
        .at(8, tells(CRASH, WEB))
        .web(ready())
        .at(9, waits(Reason.ClientActive, "Helm revision 2 is pending-upgrade"));
  }

  @Test
  void a_client_that_only_waits_leaves_the_rollback_to_belay_which_knows_the_cause() {
    upgrading()
        .web(crashing())
        .at(7, tells(CRASH, WEB))
        .helm(
            2, HelmStatus.FAILED, "Upgrade \"web\" failed: resource Deployment/shop/web not ready")
        .at(
            8,
            waits(
                Reason.ClientActive, "Helm marked revision 2 failed; its own rollback may follow"))
        .at(12, rollsBack("CrashLoop", CRASH));
  }

  @Test
  void a_client_that_rolls_back_itself_is_let_do_it() {
    upgrading()
        .web(crashing())
        .at(7, tells(CRASH, WEB))
        .helm(2, HelmStatus.FAILED, "Upgrade \"web\" failed")
        .at(
            7,
            waits(
                Reason.ClientActive, "Helm marked revision 2 failed; its own rollback may follow"))
        .helm(3, HelmStatus.PENDING_ROLLBACK)
        .web(starting())
        .at(8, opens(3))
        .at(9, waits(Reason.ClientActive, "Helm revision 3 is pending-rollback"))
        .at(30, waits(Reason.ClientActive, "Helm revision 3 is pending-rollback"))
        .helm(3, HelmStatus.DEPLOYED)
        .web(ready())
        .at(31, soaks())
        .at(41, promotes(3));
  }

  @Test
  void one_that_does_not_listen_is_waited_for_until_its_deadline() {
    upgrading()
        .web(crashing())
        .at(7, tells(CRASH, WEB))
        .at(604, tells(CRASH, WEB))
        .at(605, rollsBack("CrashLoop", CRASH));
  }

  @Test
  void the_first_install_is_told_too_and_left() {
    unknown()
        .helm(1, HelmStatus.PENDING_INSTALL)
        .web(crashing())
        .at(0, opens(1))
        .at(7, tells(CRASH, WEB))
        .helm(1, HelmStatus.FAILED, "Release \"web\" failed")
        .at(12, leaves(Reason.NoStableRevision));
  }

  @Test
  void a_dead_client_whose_record_was_freed_is_not_waited_for_again() {
    Timeline timeline = unknown().helm(1, HelmStatus.PENDING_INSTALL).web(starting());
    timeline.at(0, opens(1));
    assertThat(timeline.decides(605, Decision.Leave.class).cause().reason())
        .isEqualTo("ClientGone");
    timeline.helm(1, HelmStatus.FAILED, "Helm left revision 1 pending-install");
    assertThat(timeline.decides(605, Decision.Leave.class).cause().reason())
        .isEqualTo("ClientGone");
  }

  @Test
  void a_rollback_of_belay_that_is_under_way_is_not_told_to_anybody() {
    Timeline timeline = upgrading().at(605, rollsBack());
    timeline.web(crashing()).at(606, Expect.is(Decision.Resume.class));
  }
}
