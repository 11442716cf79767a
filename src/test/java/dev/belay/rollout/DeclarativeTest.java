package dev.belay.rollout;

import static dev.belay.rollout.Expect.is;
import static dev.belay.rollout.Expect.leaves;
import static dev.belay.rollout.Expect.promotes;
import static dev.belay.rollout.Expect.rollsBack;
import static dev.belay.rollout.Expect.soaks;
import static dev.belay.rollout.Expect.waits;
import static dev.belay.rollout.MembersTimeline.stable;
import static dev.belay.rollout.MembersTimeline.unknown;
import static dev.belay.rollout.Timeline.crashing;
import static dev.belay.rollout.Timeline.ready;
import static dev.belay.rollout.Timeline.second;
import static dev.belay.rollout.Timeline.starting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Mode;
import dev.belay.api.Reason;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The life of a change whose client writes no record. */
class DeclarativeTest {

  private static final Consumer<Decision> QUIET =
      waits(
          Reason.ClientActive,
          "kubectl changed it; taken for complete once nothing changes any more");

  @Test
  void a_healthy_release_that_was_there_before_becomes_stable_after_its_soak() {
    unknown()
        .changed("a", -9000)
        .at(0, is(Decision.Open.class))
        .at(0, soaks())
        .at(9, soaks())
        .at(10, promotes(0))
        .at(11, is(Decision.Settled.class));
  }

  @Test
  void nothing_happens_while_the_members_are_as_they_were() {
    stable().web(crashing()).at(0, is(Decision.Settled.class)).at(9000, is(Decision.Settled.class));
  }

  @Test
  void a_change_is_judged_after_the_quiet_time_and_promoted_after_the_soak() {
    stable()
        .changed("b", 1)
        .at(2, is(Decision.Open.class))
        .at(3, QUIET)
        .at(10, QUIET)
        .at(11, soaks())
        .at(20, soaks())
        .at(21, promotes(0))
        .at(22, is(Decision.Settled.class));
  }

  @Test
  void a_further_change_begins_the_quiet_time_again() {
    stable()
        .changed("b", 1)
        .at(2, is(Decision.Open.class))
        .changed("c", 9)
        .at(10, QUIET)
        .at(18, QUIET)
        .at(19, soaks());
  }

  @Test
  void a_change_during_verification_joins_and_is_verified_with_it() {
    stable()
        .changed("b", 1)
        .at(2, is(Decision.Open.class))
        .at(12, soaks())
        .changed("c", 15)
        .at(16, QUIET)
        .at(25, soaks())
        .at(34, soaks())
        .at(35, promotes(0));
  }

  @Test
  void a_change_begins_with_its_first_write_even_when_it_was_seen_later() {
    MembersTimeline late = stable().changed("b", 3).first(1);
    assertThat(late.decides(15, Decision.Open.class).changeSet().startedAt()).isEqualTo(second(1));
    late.at(15, soaks());
  }

  @Test
  void where_objects_are_only_missing_the_change_began_when_that_was_seen() {
    MembersTimeline deleted = stable().missing("b");
    assertThat(deleted.decides(5, Decision.Open.class).changeSet().startedAt())
        .isEqualTo(second(5));
    deleted.at(14, QUIET).at(15, soaks());
  }

  @Test
  void a_crash_is_rolled_back_once_the_client_is_done() {
    stable()
        .changed("b", 1)
        .web(crashing())
        .at(2, is(Decision.Open.class))
        .at(10, QUIET)
        .at(11, rollsBack("CrashLoop", "container web exited 3: no db"));
  }

  @Test
  void what_is_not_ready_in_time_is_rolled_back() {
    stable()
        .changed("b", 1)
        .web(starting())
        .at(2, is(Decision.Open.class))
        .at(300, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
        .at(301, rollsBack("NotReadyInTime", "not ready within 5 min: Ready: 1/3"));
  }

  @Test
  void what_an_application_writes_for_itself_fails_nothing() {
    stable()
        .changed("b", 0)
        .ownData()
        .web(starting())
        .at(0, is(Decision.Open.class))
        .at(299, is(Decision.Wait.class))
        .at(900, is(Decision.Wait.class))
        .web(crashing())
        .at(901, is(Decision.Wait.class))
        .web(ready())
        .at(902, soaks())
        .at(912, promotes(0));
  }

  @Test
  void without_a_stable_revision_and_where_it_only_observes_a_failure_is_left() {
    unknown()
        .changed("a", 0)
        .web(crashing())
        .at(0, is(Decision.Open.class))
        .at(11, leaves(Reason.NoStableRevision))
        .web(ready())
        .at(12, soaks())
        .at(22, promotes(0));
    stable()
        .mode(Mode.OBSERVE)
        .changed("b", 0)
        .web(crashing())
        .at(0, is(Decision.Open.class))
        .at(11, leaves(Reason.Observed));
  }

  @Test
  void a_release_whose_members_have_all_moved_elsewhere_is_forgotten() {
    stable().missing("a").emptied().at(1, is(Decision.Forget.class));
  }

  @Test
  void a_release_whose_objects_are_all_deleted_is_forgotten_unless_they_come_back_at_once() {
    stable().gone().at(1, is(Decision.Open.class)).at(10, QUIET).at(11, is(Decision.Forget.class));
    stable().gone().at(1, is(Decision.Open.class)).changed("a", 2).at(3, QUIET).at(12, soaks());
  }

  @Test
  void a_rollback_goes_on_after_a_crash_and_is_over_when_the_workloads_are_ready() {
    stable()
        .changed("b", 1)
        .web(crashing())
        .at(2, is(Decision.Open.class))
        .at(11, is(Decision.RollBack.class))
        .at(12, is(Decision.Resume.class))
        .restored("a")
        .web(starting())
        .at(13, is(Decision.AwaitRestored.class))
        .web(ready())
        .at(14, is(Decision.RolledBack.class))
        .at(15, is(Decision.Settled.class));
  }

  @Test
  void a_rollback_gives_way_to_what_was_written_after_its_lock_had_ended() {
    stable()
        .changed("b", 1)
        .web(crashing())
        .at(2, is(Decision.Open.class))
        .at(11, rollsBack())
        .changed("c", 40)
        .at(41, is(Decision.Resume.class))
        .changed("d", 72)
        .at(73, is(Decision.Open.class));
  }

  @Test
  void what_is_written_all_the_time_does_not_put_off_the_verdict_for_ever() {
    MembersTimeline heartbeat = stable().changed("b", 1).at(2, is(Decision.Open.class));
    for (int second = 5; second <= 300; second += 5) {
      heartbeat.changed("b" + second, second).at(second, QUIET);
    }
    heartbeat
        .changed("c", 301)
        .at(301, soaks())
        .changed("d", 305)
        .at(306, soaks())
        .at(311, promotes(0));
  }

  @Test
  void a_change_after_the_restore_takes_its_place() {
    stable()
        .changed("b", 1)
        .web(crashing())
        .at(2, is(Decision.Open.class))
        .at(11, is(Decision.RollBack.class))
        .restored("a")
        .changed("c", 12)
        .web(starting())
        .at(13, is(Decision.Open.class))
        .at(14, QUIET);
  }

  @Test
  void what_was_kept_of_a_failed_change_is_no_new_one() {
    stable()
        .changed("b", 1)
        .web(crashing())
        .at(2, is(Decision.Open.class))
        .at(11, is(Decision.RollBack.class))
        .restored("a and a claim")
        .web(ready())
        .at(13, is(Decision.RolledBack.class))
        .at(14, is(Decision.Settled.class));
  }

  @Test
  void a_refused_write_rolls_back_what_was_written_with_it() {
    stable()
        .changed("b", 1)
        .refused("HorizontalPodAutoscaler/web", 2)
        .at(2, is(Decision.Open.class))
        .at(11, QUIET)
        .at(12, rollsBack("Refused", "refused: a target must be above 0"));
  }

  @Test
  void it_does_so_even_when_the_refused_object_was_sent_first() {
    stable()
        .refused("HorizontalPodAutoscaler/web", 0)
        .at(1, is(Decision.Settled.class))
        .changed("b", 2)
        .at(3, is(Decision.Open.class))
        .at(12, rollsBack("Refused", "refused: a target must be above 0"));
  }

  @Test
  void an_upgrade_that_helm_was_refused_is_no_part_of_the_change_of_another_client() {
    stable()
        .refused("Helm revision 4", 1, "this upgrade of release shop would fail")
        .changed("b", 2)
        .at(3, is(Decision.Open.class))
        .at(12, soaks());
  }

  @Test
  void a_refusal_by_a_lock_is_told_in_its_own_words() {
    stable()
        .changed("b", 1)
        .refused("Deployment/web", 1, "this change of Deployment/web is the one that failed: no db")
        .at(2, is(Decision.Open.class))
        .at(
            11,
            rollsBack(
                "Refused", "refused: this change of Deployment/web is the one that failed: no db"));
  }

  @Test
  void a_refusal_that_has_had_its_verdict_does_not_count_again() {
    stable()
        .changed("b", 1)
        .refused("HorizontalPodAutoscaler/web", 2)
        .at(2, is(Decision.Open.class))
        .at(12, is(Decision.RollBack.class))
        .restored("a")
        .at(13, is(Decision.RolledBack.class))
        .changed("b", 14)
        .at(14, is(Decision.Open.class))
        .at(24, soaks());
  }

  @Test
  void a_refusal_of_an_object_that_was_then_corrected_does_not_count() {
    stable()
        .changed("b", 1)
        .refused("HorizontalPodAutoscaler/web", 2)
        .at(2, is(Decision.Open.class))
        .changed("c", 5)
        .written("HorizontalPodAutoscaler/web", 5)
        .at(5, QUIET)
        .at(15, soaks());
  }

  @Test
  void a_refusal_counts_for_a_first_install_that_was_seen_only_later() {
    unknown()
        .changed("a", 0)
        .refused("HorizontalPodAutoscaler/web", 0)
        .at(60, is(Decision.Open.class))
        .at(70, leaves(Reason.NoStableRevision));
  }

  @Test
  void a_first_install_that_was_refused_in_part_is_not_stable_until_it_is_corrected() {
    unknown()
        .changed("a", 0)
        .refused("HorizontalPodAutoscaler/web", 0)
        .at(1, is(Decision.Open.class))
        .at(11, leaves(Reason.NoStableRevision))
        .at(200, leaves(Reason.NoStableRevision))
        .written("HorizontalPodAutoscaler/web", 201)
        .changed("c", 201)
        .at(201, QUIET)
        .at(211, soaks());
  }

  @Test
  void what_was_restored_and_got_ready_too_late_is_rolled_back_after_all() {
    restoredTooLate()
        .at(400, leaves(Reason.RollbackFailed))
        .web(ready())
        .at(500, soaks())
        .web(crashing())
        .at(505, leaves(Reason.RollbackFailed))
        .web(ready())
        .at(600, soaks())
        .at(610, is(Decision.RolledBack.class))
        .at(611, is(Decision.Settled.class));
  }

  @Test
  void a_change_after_a_failed_rollback_is_judged_as_any_other() {
    restoredTooLate()
        .changed("c", 400)
        .at(401, is(Decision.Open.class))
        .at(402, QUIET)
        .at(410, rollsBack("CrashLoop", "container web exited 3: no db"));
    restoredTooLate()
        .changed("c", 400)
        .web(ready())
        .at(401, is(Decision.Open.class))
        .at(410, soaks())
        .at(420, promotes(0));
  }

  @Test
  void what_is_put_right_by_hand_after_one_is_left_until_it_is_ready() {
    restoredTooLate()
        .policy(Policy.DEFAULT.byHand())
        .changed("c", 400)
        .at(401, is(Decision.Open.class))
        .at(410, leaves(Reason.RollbackFailed))
        .changed("d", 500)
        .web(ready())
        .at(501, QUIET)
        .at(510, soaks())
        .at(520, promotes(0));
  }

  private static MembersTimeline restoredTooLate() {
    MembersTimeline timeline =
        stable()
            .changed("b", 1)
            .web(crashing())
            .at(2, is(Decision.Open.class))
            .at(11, rollsBack("CrashLoop", "container web exited 3: no db"))
            .restored("a");
    timeline.decides(311, Decision.RollbackFailed.class);
    return timeline;
  }
}
