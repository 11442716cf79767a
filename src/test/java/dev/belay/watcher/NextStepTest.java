package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Failure;
import dev.belay.api.KnownBad;
import dev.belay.api.Reason;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import java.time.Instant;
import java.util.List;
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
    assertThat(NextStep.after(reason, ReleaseStatus.NEW, NOON)).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"Verified", "Verifying", "ClientActive", "RollingBack"})
  void where_nothing_is_to_be_done_nothing_is_said(Reason reason) {
    assertThat(NextStep.after(reason, ReleaseStatus.NEW, NOON)).isEmpty();
  }

  /** The failure stays to be read, and the lock holds as after a rollback by Belay. */
  @Test
  void what_helm_has_rolled_back_itself_is_to_be_corrected_too() {
    assertThat(NextStep.after(Reason.Verified, locked(), NOON.minusSeconds(1)))
        .isEqualTo(
            "Correct what failed, and send the change again. As it was it is refused until 12:00 UTC; any new value of the annotation belay.dev/retry of this Release lifts that.");
  }

  @Test
  void a_lock_is_told_with_its_end_and_the_way_out() {
    assertThat(NextStep.after(Reason.RolledBack, locked(), NOON.minusSeconds(1)))
        .contains("until 12:00 UTC")
        .contains("belay.dev/retry");
  }

  @Test
  void a_lock_that_has_ended_or_is_of_another_change_is_not_told() {
    KnownBad bad = new KnownBad(3, "d", "", "", "why", 1, NOON, "");
    ReleaseStatus locked = ReleaseStatus.NEW.withFailure(failure("why")).withKnownBad(bad);
    assertThat(NextStep.after(Reason.RolledBack, locked, NOON)).doesNotContain("retry");
    ReleaseStatus other = locked.withFailure(failure("something else"));
    assertThat(NextStep.after(Reason.RolledBack, other, NOON.minusSeconds(1)))
        .doesNotContain("retry");
  }

  @Test
  void without_a_record_it_is_said_what_was_not_put_back() {
    assertThat(NextStep.after(Reason.RolledBack, ReleaseStatus.NEW, NOON))
        .contains("Custom resources, Pods of their own");
    assertThat(NextStep.after(Reason.RolledBack, ReleaseStatus.NEW.withLineage("then"), NOON))
        .doesNotContain("Custom resources");
  }

  private static Failure failure(String why) {
    return new Failure(
        3, "R", why, "", "", "", "", null, "", null, NOON, List.of(), List.of(), List.of());
  }

  @Test
  void the_rollback_by_hand_names_the_stable_revision() {
    ReleaseStatus stable = ReleaseStatus.NEW.withStable(new Stable(7, 9, NOON));
    assertThat(NextStep.after(Reason.RollbackManual, stable, NOON))
        .contains("belay.dev/rollback-to=7");
  }

  private static ReleaseStatus locked() {
    return ReleaseStatus.NEW
        .withFailure(failure("why"))
        .withKnownBad(new KnownBad(3, "d", "", "", "why", 1, NOON, ""));
  }
}
