package dev.belay.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The change begins at noon. */
class UnreadyTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration FRESH = Duration.ofSeconds(10);

  @Test
  void what_was_seen_as_the_change_began_is_of_before_it() {
    assertThat(seen("web", NOON.plusMillis(300)).isSeenAt(NOON, FRESH)).isTrue();
    assertThat(seen("web", NOON.minusSeconds(3)).isSeenAt(NOON, FRESH))
        .as("by another clock")
        .isTrue();
  }

  @Test
  void what_was_seen_long_before_or_later_is_not() {
    assertThat(seen("web", NOON.minusSeconds(60)).isSeenAt(NOON, FRESH))
        .as("of a change that was refused elsewhere")
        .isFalse();
    assertThat(seen("web", NOON.plusSeconds(10)).isSeenAt(NOON, FRESH))
        .as("it may be what the change has done")
        .isFalse();
  }

  @Test
  void of_an_object_the_newest_is_kept_and_of_many_the_newest_hundred() {
    ReleaseStatus status =
        ReleaseStatus.NEW
            .withUnready(seen("web", NOON))
            .withUnready(seen("db", NOON))
            .withUnready(seen("web", NOON.plusSeconds(1)));
    assertThat(status.unready())
        .containsExactly(seen("web", NOON.plusSeconds(1)), seen("db", NOON));
    for (int i = 0; i < 200; i++) {
      status = status.withUnready(seen("web-" + i, NOON));
    }
    assertThat(status.unready()).hasSize(100).first().isEqualTo(seen("web-199", NOON));
    assertThat(status.withoutUnready().unready()).isEqualTo(List.of());
  }

  private static Unready seen(String name, Instant at) {
    return new Unready(at, "d", new Baseline("StatefulSet.apps/shop/" + name, 3, 2, false));
  }
}
