package dev.belay.rollout;

import static dev.belay.rollout.Expect.leaves;
import static dev.belay.rollout.Expect.opens;
import static dev.belay.rollout.Expect.rollsBack;
import static dev.belay.rollout.Expect.waits;
import static dev.belay.rollout.Timeline.DB;
import static dev.belay.rollout.Timeline.WEB;
import static dev.belay.rollout.Timeline.crashing;
import static dev.belay.rollout.Timeline.ready;
import static dev.belay.rollout.Timeline.stable;
import static dev.belay.rollout.Timeline.starting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Reason;
import dev.belay.helm.HelmStatus;
import dev.belay.rollout.Policy.OnFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PolicyTest {

  @Test
  void a_workload_with_a_longer_timeout_of_its_own_has_that_time() {
    stable()
        .helm(2, HelmStatus.DEPLOYED)
        .object(DB, starting(), Duration.ofMinutes(20))
        .at(0, opens(2))
        .at(300, waits(Reason.Verifying, "StatefulSet/db: Ready: 1/3"))
        .at(1199, waits(Reason.Verifying, "StatefulSet/db: Ready: 1/3"))
        .at(1200, rollsBack());
  }

  @Test
  void the_first_workload_that_is_late_is_the_cause_whatever_is_before_it() {
    Decision.RollBack decision =
        stable()
            .helm(2, HelmStatus.DEPLOYED)
            .object(WEB, starting())
            .object(DB, starting(), Duration.ofSeconds(90))
            .at(0, opens(2))
            .at(89, waits(Reason.Verifying, "Deployment/web: Ready: 1/3"))
            .decides(90, Decision.RollBack.class);
    assertThat(decision.cause().object()).isEqualTo(DB);
    assertThat(decision.cause().message()).startsWith("not ready within 90 s: ");
  }

  @Test
  void where_a_person_is_to_be_asked_nothing_is_rolled_back() {
    stable()
        .policy(on(OnFailure.ASK))
        .helm(2, HelmStatus.DEPLOYED)
        .web(crashing())
        .at(0, opens(2))
        .at(1, leaves(Reason.RollbackManual))
        .at(60, leaves(Reason.RollbackManual));
  }

  @Test
  void where_no_rollback_is_wanted_it_recovers_or_stays() {
    stable()
        .policy(on(OnFailure.LEAVE))
        .helm(2, HelmStatus.DEPLOYED)
        .web(crashing())
        .at(0, opens(2))
        .at(1, leaves(Reason.RollbackOff))
        .web(ready())
        .at(5, leaves(Reason.RollbackOff))
        .at(15, Expect.promotes(2));
  }

  @Test
  void without_fast_failure_a_crash_has_until_the_timeout() {
    stable()
        .policy(
            new Policy(
                Policy.DEFAULT.timeout(),
                Policy.DEFAULT.soak(),
                Policy.DEFAULT.yield(),
                Policy.DEFAULT.quiet(),
                OnFailure.ROLL_BACK,
                false,
                FailureRule.DEFAULT))
        .helm(2, HelmStatus.DEPLOYED)
        .web(crashing())
        .at(0, opens(2))
        .at(1, Expect.is(Decision.Wait.class))
        .at(299, Expect.is(Decision.Wait.class))
        .at(300, rollsBack());
  }

  private static Policy on(OnFailure failure) {
    return new Policy(
        Policy.DEFAULT.timeout(),
        Policy.DEFAULT.soak(),
        Policy.DEFAULT.yield(),
        Policy.DEFAULT.quiet(),
        failure,
        true,
        FailureRule.DEFAULT);
  }
}
