package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cluster.GateKey;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GatePathTest {

  private static final GateKey KEY = new GateKey("a".repeat(64));
  private static final GateKey NEXT_KEY = new GateKey("b".repeat(64));

  private Instant now = Instant.parse("2026-01-01T10:59:59Z");
  private final long hour = GateKey.hour(now);
  private final GatePath path = new GatePath(() -> now);

  @Test
  void nobody_is_let_in_before_there_is_a_key() {
    assertThat(path.knows("//enforce/early")).isFalse();
    assertThat(path.knows("/")).isFalse();
    assertThat(path.knows("/x/enforce/early")).isFalse();
  }

  @Test
  void the_path_of_an_hour_is_let_in_from_the_hour_before_to_the_hour_after() {
    path.open(KEY);
    assertThat(letsIn(KEY, hour - 2)).isFalse();
    assertThat(letsIn(KEY, hour - 1)).isTrue();
    assertThat(letsIn(KEY, hour)).isTrue();
    assertThat(letsIn(KEY, hour + 1)).isTrue();
    assertThat(letsIn(KEY, hour + 2)).isFalse();

    now = now.plusSeconds(1);
    assertThat(letsIn(KEY, hour - 1)).isFalse();
    assertThat(letsIn(KEY, hour)).isTrue();
    assertThat(letsIn(KEY, hour + 2)).isTrue();

    now = now.plus(Duration.ofHours(1));
    assertThat(letsIn(KEY, hour)).isFalse();
  }

  @Test
  void neither_the_key_nor_half_a_path_is_let_in() {
    path.open(KEY);
    assertThat(path.knows("/" + KEY.text() + "/enforce/early")).isFalse();
    assertThat(path.knows("/" + KEY.path(hour))).isFalse();
    assertThat(path.knows("/" + KEY.path(hour).substring(1) + "/enforce/early")).isFalse();
  }

  @Test
  void the_key_before_is_let_in_until_there_is_another_one_or_two_hours_are_over() {
    path.open(KEY);
    path.open(NEXT_KEY);
    path.open(NEXT_KEY);
    assertThat(letsIn(KEY, hour)).isTrue();
    assertThat(letsIn(NEXT_KEY, hour)).isTrue();
    path.open(new GateKey("c".repeat(64)));
    assertThat(letsIn(KEY, hour)).isFalse();
    now = now.plusSeconds(1);
    assertThat(letsIn(NEXT_KEY, hour + 1)).isTrue();
    now = now.plus(Duration.ofHours(1));
    assertThat(letsIn(NEXT_KEY, hour + 2)).isFalse();
    assertThat(letsIn(new GateKey("c".repeat(64)), hour + 2)).isTrue();
  }

  private boolean letsIn(GateKey key, long hour) {
    return path.knows("/" + key.path(hour) + "/enforce/early");
  }
}
