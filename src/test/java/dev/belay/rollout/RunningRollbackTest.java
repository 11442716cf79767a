package dev.belay.rollout;

import static dev.belay.rollout.Expect.is;
import static dev.belay.rollout.Expect.opens;
import static dev.belay.rollout.Expect.promotes;
import static dev.belay.rollout.Expect.rollsBack;
import static dev.belay.rollout.Expect.soaks;
import static dev.belay.rollout.Expect.waits;
import static dev.belay.rollout.Timeline.crashing;
import static dev.belay.rollout.Timeline.ready;
import static dev.belay.rollout.Timeline.rollingBack;
import static dev.belay.rollout.Timeline.rollingBackAnEdit;
import static dev.belay.rollout.Timeline.second;
import static dev.belay.rollout.Timeline.starting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.helm.HelmStatus;
import org.junit.jupiter.api.Test;

/** What becomes of a rollback that was begun. */
class RunningRollbackTest {

  @Test
  void a_rollback_that_a_crash_interrupted_goes_on() {
    rollingBack().at(2, is(Decision.Resume.class)).at(900, is(Decision.Resume.class));
  }

  @Test
  void it_goes_on_even_if_the_namespace_is_only_observed_now() {
    rollingBack().mode(Mode.OBSERVE).at(2, is(Decision.Resume.class));
  }

  @Test
  void our_own_record_in_helms_history_does_not_stop_it() {
    rollingBack()
        .helm(3, HelmStatus.DEPLOYED, 2, 2, "rollback-of-2")
        .at(3, is(Decision.Resume.class));
  }

  @Test
  void a_newer_revision_of_a_client_takes_its_place() {
    Timeline timeline = rollingBack();
    timeline
        .helm(3, HelmStatus.PENDING_UPGRADE)
        .web(starting())
        .at(3, opens(3))
        .at(4, waits(Reason.ClientActive, "Helm revision 3 is pending-upgrade"));
    assertThat(timeline.status().rollback()).isNull();
    timeline.helm(3, HelmStatus.DEPLOYED).web(ready()).at(5, soaks()).at(15, promotes(3));
  }

  @Test
  void a_newer_revision_takes_its_place_after_the_restore_too() {
    rollingBack()
        .helm(3, HelmStatus.DEPLOYED, 2, 2, "rollback-of-2")
        .restored()
        .web(starting())
        .at(4, is(Decision.AwaitRestored.class))
        .helm(4, HelmStatus.PENDING_UPGRADE)
        .at(5, opens(4));
  }

  @Test
  void that_of_a_change_by_another_client_goes_on_beside_helms_record() {
    rollingBackAnEdit()
        .at(2, is(Decision.Resume.class))
        .restored()
        .web(starting())
        .at(4, is(Decision.AwaitRestored.class))
        .web(ready())
        .at(5, is(Decision.RolledBack.class))
        .at(6, is(Decision.Settled.class));
  }

  @Test
  void a_revision_of_helm_takes_the_place_of_that_of_another_client() {
    rollingBackAnEdit().helm(2, HelmStatus.PENDING_UPGRADE).at(2, opens(2));
    rollingBackAnEdit().restored().helm(2, HelmStatus.PENDING_UPGRADE).at(2, opens(2));
  }

  @Test
  void a_record_of_an_earlier_rollback_of_ours_is_a_client_like_any_other() {
    rollingBack().helm(3, HelmStatus.DEPLOYED, 2, 2, "rollback-of-1").at(3, opens(3));
  }

  @Test
  void it_stops_when_helm_uninstalls_the_release() {
    rollingBack().helm(2, HelmStatus.UNINSTALLING).at(2, is(Decision.Forget.class));
    rollingBack().restored().helm(2, HelmStatus.UNINSTALLED).at(2, is(Decision.Forget.class));
  }

  @Test
  void it_is_over_when_the_restored_workloads_are_ready() {
    rollingBack()
        .restored()
        .web(starting())
        .at(3, is(Decision.AwaitRestored.class))
        .web(ready())
        .at(4, is(Decision.RolledBack.class))
        .at(5, is(Decision.Settled.class));
  }

  @Test
  void a_failure_of_the_restored_workloads_is_waited_out_since_old_pods_still_crash() {
    Timeline timeline = rollingBack().restored().web(crashing());
    Decision.AwaitRestored await = timeline.decides(3, Decision.AwaitRestored.class);
    assertThat(await.message()).isEqualTo("Deployment/web: container web exited 3: no db");
    assertThat(await.revisit()).isEqualTo(second(4));
    timeline.web(ready()).at(4, is(Decision.RolledBack.class));
  }

  @Test
  void it_has_failed_when_the_restored_workloads_are_not_ready_in_time() {
    Timeline timeline = rollingBack().restored().web(starting());
    timeline.at(300, is(Decision.AwaitRestored.class));
    assertThat(timeline.decides(301, Decision.RollbackFailed.class).message())
        .isEqualTo("restored, but not ready within 5 min: Deployment/web: Ready: 1/3");
    timeline.at(302, is(Decision.Settled.class));
  }

  @Test
  void a_rollback_is_never_rolled_back() {
    rollingBack()
        .restored()
        .web(crashing())
        .at(301, is(Decision.RollbackFailed.class))
        .at(400, is(Decision.Settled.class))
        .helm(3, HelmStatus.DEPLOYED)
        .at(401, opens(3))
        .at(402, rollsBack("CrashLoop", "container web exited 3: no db"));
  }
}
