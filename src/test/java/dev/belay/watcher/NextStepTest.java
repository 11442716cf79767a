package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.KnownBad;
import dev.belay.api.Reason;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NextStepTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {
        "RolledBack",
        "RollbackFailed",
        "NoStableRevision",
        "RollbackManual",
        "RollbackOff",
        "Observed"
      })
  void a_change_that_is_not_live_or_not_well_has_a_next_step(Reason reason) {
    assertThat(NextStep.after(reason, ReleaseStatus.NEW)).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"Verified", "Verifying", "ClientActive", "RollingBack"})
  void where_nothing_is_to_be_done_nothing_is_said(Reason reason) {
    assertThat(NextStep.after(reason, ReleaseStatus.NEW)).isEmpty();
  }

  @Test
  void a_lock_is_told_with_its_end_and_the_way_out() {
    ReleaseStatus locked =
        ReleaseStatus.NEW.withKnownBad(new KnownBad(3, "d", "", "", "why", 1, NOON, ""));
    assertThat(NextStep.after(Reason.RolledBack, locked))
        .contains("until 12:00 UTC")
        .contains("belay.dev/retry");
  }

  @Test
  void the_rollback_by_hand_names_the_stable_revision() {
    ReleaseStatus stable = ReleaseStatus.NEW.withStable(new Stable(7, 9, NOON));
    assertThat(NextStep.after(Reason.RollbackManual, stable)).contains("belay.dev/rollback-to=7");
  }
}
