package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TwiceTest {

  private Duration passed = Duration.ofDays(1);
  private final Twice<String> gone = new Twice<>(() -> passed.toNanos());

  @Test
  void once_is_not_enough_and_twice_at_once_is_no_more_than_that() {
    assertThat(gone.said("web")).isFalse();
    assertThat(gone.said("web")).isFalse();
    pass(Twice.APART.minusMillis(1));
    assertThat(gone.said("web")).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(gone.said("web")).isTrue();
    assertThat(gone.said("db")).as("another one").isFalse();
  }

  @Test
  void the_contrary_in_between_begins_it_anew() {
    gone.said("web");
    pass(Duration.ofSeconds(3));
    gone.unsaid("web");
    pass(Duration.ofSeconds(3));
    assertThat(gone.said("web")).isFalse();
    pass(Twice.APART);
    assertThat(gone.said("web")).isTrue();
  }

  @Test
  void what_was_said_long_ago_may_have_been_otherwise_since() {
    gone.said("web");
    pass(Duration.ofHours(1));
    assertThat(gone.said("web")).isFalse();
  }

  @Test
  void what_is_said_all_the_time_stays_so() {
    gone.said("web");
    for (int i = 0; i < 100; i++) {
      pass(Duration.ofSeconds(10));
      assertThat(gone.said("web")).isTrue();
    }
  }

  @Test
  void what_nobody_says_any_more_is_not_kept() {
    for (int i = 0; i < 100_000; i++) {
      gone.said("web-" + i);
      pass(Duration.ofSeconds(1));
    }
    assertThat(gone.size()).isLessThan(3_000);
  }

  private void pass(Duration time) {
    passed = passed.plus(time);
  }
}
