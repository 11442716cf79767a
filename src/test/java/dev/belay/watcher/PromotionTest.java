package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.StartHistory;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which start is remembered of a workload that has proved itself. */
class PromotionTest {

  private static final StartHistory BEFORE = start(Map.of("web", 0), 4);
  private static final StartHistory SEEN = start(Map.of("web", 2, "log", 0), 9);
  private static final StartHistory NOTHING = start(Map.of(), 0);

  @Test
  void what_the_change_left_alone_keeps_its_start_and_may_add_to_it() {
    assertThat(Promotion.start(BEFORE, SEEN, true, true))
        .contains(start(Map.of("web", 0, "log", 0), 4));
    assertThat(Promotion.start(BEFORE, NOTHING, true, true)).contains(BEFORE);
    assertThat(Promotion.start(null, SEEN, true, true)).contains(SEEN);
  }

  @Test
  void another_template_has_another_start() {
    assertThat(Promotion.start(BEFORE, SEEN, false, false)).contains(SEEN);
    assertThat(Promotion.start(BEFORE, NOTHING, false, false)).contains(NOTHING);
    assertThat(Promotion.start(BEFORE, null, false, false)).isEmpty();
  }

  @Test
  void the_same_template_keeps_what_its_pods_do_not_tell_anew() {
    assertThat(Promotion.start(BEFORE, NOTHING, false, true)).contains(BEFORE);
    assertThat(Promotion.start(BEFORE, SEEN, false, true)).contains(SEEN);
    assertThat(Promotion.start(BEFORE, null, false, true)).contains(BEFORE);
  }

  @Test
  void of_nothing_nothing_is_known() {
    assertThat(Promotion.start(null, null, true, true)).isEmpty();
  }

  private static StartHistory start(Map<String, Integer> exits, int seconds) {
    return StartHistory.of("", exits, seconds);
  }
}
