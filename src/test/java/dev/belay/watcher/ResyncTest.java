package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.ReleaseStatus.Stable;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Whether a write of another client in a release of Helm makes it worth a look. */
class ResyncTest {

  private static final Stable STABLE = new Stable(1, 1, Instant.parse("2026-03-01T12:00:05.700Z"));

  @Test
  void one_that_is_newer_than_the_verdict_does_once() {
    assertThat(isNews("12:00:04", "")).isFalse();
    assertThat(isNews("12:00:07", "")).isTrue();
    assertThat(isNews("12:00:07", "12:00:08")).isFalse();
    assertThat(isNews("12:00:09", "12:00:08")).isTrue();
  }

  @Test
  void one_of_the_same_second_does_since_it_may_have_come_later() {
    assertThat(isNews("12:00:05", "")).isTrue();
    assertThat(isNews("12:00:08", "12:00:08")).isTrue();
  }

  @Test
  void a_look_before_the_last_verdict_says_nothing() {
    assertThat(isNews("12:00:04", "12:00:01")).isFalse();
  }

  private static boolean isNews(String written, String compared) {
    return Resync.isNews(
        time(written), STABLE, compared.isEmpty() ? null : time(compared).plusMillis(300));
  }

  private static Instant time(String text) {
    return Instant.parse("2026-03-01T" + text + "Z");
  }
}
