package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cluster.Attempts.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AttemptsTest {

  private static final Duration NOW = Duration.ZERO;

  private Duration passed = Duration.ZERO;

  @Test
  void a_read_that_was_not_answered_is_made_again_a_few_times() {
    for (int code : new int[] {0, 429, 500, 502, 503, 504}) {
      Attempts attempts = begin(Kind.READ, 20);
      for (int i = 1; i < Attempts.MOST; i++) {
        assertThat(pause(attempts, code)).as(code + ", attempt " + i).isBetween(1L, 1_000L);
      }
      assertThat(pause(attempts, code)).isNegative();
    }
  }

  @Test
  void an_answer_is_one() {
    for (int code : new int[] {400, 401, 403, 404, 409, 410, 422}) {
      assertThat(pause(begin(Kind.READ, 20), code)).isNegative();
    }
  }

  @Test
  void a_write_is_made_again_only_where_the_server_has_not_taken_it() {
    assertThat(pause(begin(Kind.WRITE, 20), 429)).isPositive();
    for (int code : new int[] {0, 409, 500, 502, 503, 504}) {
      assertThat(pause(begin(Kind.WRITE, 20), code)).isNegative();
    }
  }

  @Test
  void that_a_webhook_does_not_answer_is_an_answer_about_a_write() {
    assertThat(pause(begin(Kind.DRY_RUN, 10), 500)).isNegative();
    assertThat(pause(begin(Kind.DRY_RUN, 10), 0)).isPositive();
    assertThat(pause(begin(Kind.DRY_RUN, 10), 429)).isPositive();
  }

  @Test
  void the_server_says_how_long_it_wants_to_be_left_alone() {
    Attempts attempts = begin(Kind.READ, 20);
    Duration unused = attempts.next();
    assertThat(attempts.pause(429, Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
    assertThat(attempts.pause(429, Duration.ofMinutes(1))).as("nobody waits so long").isNegative();
  }

  @Test
  void all_of_them_have_the_time_of_one() {
    Attempts attempts = begin(Kind.READ, 1);
    assertThat(attempts.next()).isEqualTo(Duration.ofSeconds(1));
    passed = Duration.ofMillis(900);
    assertThat(attempts.pause(429, Duration.ofSeconds(1))).isNegative();
    passed = Duration.ofMillis(400);
    assertThat(attempts.pause(0, NOW)).isPositive();
    assertThat(attempts.next()).isEqualTo(Duration.ofMillis(600));
  }

  /** One whose answer is lost does not take all the time that there is; the last one may. */
  @Test
  void a_long_read_leaves_time_for_a_second_one() {
    Attempts attempts = begin(Kind.READ, 21);
    assertThat(attempts.next()).isEqualTo(Duration.ofMillis(10_500));
    passed = Duration.ofSeconds(7);
    assertThat(attempts.next()).isEqualTo(Duration.ofSeconds(14));
    assertThat(begin(Kind.WRITE, 21).next()).isEqualTo(Duration.ofSeconds(21));
  }

  private Attempts begin(Kind kind, int seconds) {
    passed = Duration.ZERO;
    return new Attempts(kind, Duration.ofSeconds(seconds), () -> passed.toNanos());
  }

  private static long pause(Attempts attempts, int code) {
    Duration unused = attempts.next();
    return attempts.pause(code, NOW).toMillis();
  }
}
