package dev.belay.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RetentionTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void the_oldest_goes_where_each_was_live_for_long() {
    assertThat(superfluous(3, 0, 60, 120, 180)).containsExactly(1);
    assertThat(superfluous(4, 0, 60, 120, 180)).isEmpty();
  }

  @Test
  void what_flaps_pushes_out_itself_and_not_what_people_have_made() {
    TreeMap<Integer, Instant> stored = stored(0, 60, 120, 180);
    for (int number = 5; number < 500; number++) {
      stored.put(number, NOON.plus(Duration.ofHours(4)).plusSeconds(30L * number));
      Retention.superfluous(stored, number, 10).forEach(stored::remove);
    }
    assertThat(stored.keySet()).hasSize(10).contains(1, 2, 3, 4, 497, 498, 499);
  }

  @Test
  void the_stable_one_never_goes() {
    assertThat(Retention.superfluous(stored(0, 60, 120), 1, 1)).containsExactly(2, 3);
  }

  private static Set<Integer> superfluous(int limit, long... minutes) {
    return Retention.superfluous(stored(minutes), minutes.length, limit);
  }

  private static TreeMap<Integer, Instant> stored(long... minutes) {
    TreeMap<Integer, Instant> stored = new TreeMap<>();
    for (int i = 0; i < minutes.length; i++) {
      stored.put(i + 1, NOON.plus(Duration.ofMinutes(minutes[i])));
    }
    return stored;
  }
}
