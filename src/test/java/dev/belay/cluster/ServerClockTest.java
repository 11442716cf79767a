package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ServerClockTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private Duration passed = Duration.ZERO;
  private Duration ownIsAhead = Duration.ofMinutes(10);

  /** Its steady timer began anywhere. */
  private final ServerClock clock =
      new ServerClock(
          () -> passed.plusDays(3).toNanos(), () -> START.plus(passed).plus(ownIsAhead));

  @Test
  void before_the_first_answer_it_is_this_machines_time() {
    assertThat(clock.isKnown()).isFalse();
    assertThat(clock.now()).isEqualTo(START.plus(ownIsAhead));
    assertThat(clock.warning()).isEmpty();
  }

  @Test
  void a_wrong_clock_of_this_machine_changes_nothing_and_is_told() {
    clock.heard(START);
    passed = Duration.ofSeconds(90);
    assertThat(clock.now()).isEqualTo(START.plusSeconds(90));
    assertThat(clock.skew()).isEqualTo(ownIsAhead);
    assertThat(clock.warning().orElseThrow())
        .isEqualTo(
            "this machine's clock is 600 s ahead of the API server's. Belay goes by the API server's; check the time synchronization of this machine");
    ownIsAhead = Duration.ofSeconds(-7);
    assertThat(clock.now()).isEqualTo(START.plusSeconds(90));
    assertThat(clock.warning().orElseThrow()).contains("7 s behind the API server's");
    ownIsAhead = Duration.ofSeconds(4);
    assertThat(clock.warning()).isEmpty();
  }

  /** A date has whole seconds and is on its way for a while: the latest of them is the best. */
  @Test
  void answers_that_come_late_or_are_cut_to_seconds_do_not_turn_it_back() {
    passed = Duration.ofMillis(1_020);
    clock.heard(START.plusSeconds(1));
    passed = Duration.ofMillis(1_980);
    clock.heard(START.plusSeconds(1));
    passed = Duration.ofMillis(9_000);
    clock.heard(START.plusSeconds(2));

    assertThat(clock.now()).isEqualTo(START.plusMillis(8_980)).isBefore(START.plus(passed));
  }

  @Test
  void of_two_api_servers_the_one_that_is_ahead_counts_and_it_never_goes_back() {
    Instant last = Instant.MIN;
    for (int i = 0; i < 200; i++) {
      passed = Duration.ofSeconds(i);
      clock.heard(START.plus(passed).plusSeconds(i % 2 == 0 ? 3 : 0));
      assertThat(clock.now()).isAfter(last).isEqualTo(START.plus(passed).plusSeconds(3));
      last = clock.now();
    }
  }

  @Test
  void a_server_whose_clock_was_set_back_is_followed_within_two_minutes() {
    clock.heard(START.plus(Duration.ofHours(1)));
    for (int i = 1; i <= 120; i++) {
      passed = Duration.ofSeconds(i);
      clock.heard(START.plus(passed));
    }
    assertThat(clock.now()).isEqualTo(START.plus(passed));
  }

  @Test
  void a_machine_that_slept_is_right_with_the_first_answer() {
    clock.heard(START);
    clock.heard(START.plus(Duration.ofHours(8)));
    assertThat(clock.now()).isEqualTo(START.plus(Duration.ofHours(8)));
  }
}
