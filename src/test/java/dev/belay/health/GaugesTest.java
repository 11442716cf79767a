package dev.belay.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class GaugesTest {

  private static final Instant STARTED = Instant.parse("2026-11-01T10:00:00Z");
  private static final Instant NOW = STARTED.plusSeconds(600);

  @Test
  void a_watcher_that_has_never_listed_anything_is_late_since_it_began() {
    assertThat(Gauges.sinceLastList(STARTED, Instant.EPOCH, NOW)).isEqualTo(600);
  }

  @Test
  void the_age_is_that_of_the_last_list() {
    assertThat(Gauges.sinceLastList(STARTED, NOW.minusSeconds(15), NOW)).isEqualTo(15);
  }
}
