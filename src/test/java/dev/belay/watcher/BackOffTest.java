package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Refusing;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackOffTest {

  @Test
  void what_was_not_answered_is_asked_again_soon_however_often() {
    for (int code : new int[] {0, 401, 429, 500, 503}) {
      assertThat(millis(new ClusterException("busy", code)))
          .containsExactly(500L, 1_000L, 2_000L, 4_000L, 5_000L, 5_000L);
    }
  }

  @Test
  void what_somebody_has_to_change_is_looked_at_seldom() {
    assertThat(millis(new ClusterException("forbidden", 403)))
        .containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 16_000L);
    assertThat(BackOff.after(new IllegalStateException(), 20)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void after_a_conflict_it_is_read_at_once_and_not_without_end() {
    assertThat(millis(new ClusterException("conflict", 409)))
        .containsExactly(0L, 50L, 100L, 200L, 400L, 800L);
    assertThat(BackOff.after(new ClusterException("conflict", 409), 50))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void the_server_says_when_it_wants_to_be_asked_again() {
    assertThat(BackOff.after(Refusing.busy(Duration.ofSeconds(8)), 1))
        .isEqualTo(Duration.ofSeconds(8));
    assertThat(BackOff.after(Refusing.busy(Duration.ofHours(8)), 1))
        .isEqualTo(Duration.ofSeconds(30));
  }

  private static List<Long> millis(Exception failure) {
    return IntStream.rangeClosed(1, 6)
        .mapToObj(times -> BackOff.after(failure, times).toMillis())
        .toList();
  }
}
