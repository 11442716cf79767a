package dev.belay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeBeganTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final ChangeSet CHANGE = new ChangeSet(2, NOON, null, null, 0);
  private static final Stable STABLE = new Stable(1, 1, NOON.minusSeconds(60));

  @Test
  void with_the_change_once_a_state_has_proved_itself_and_with_the_rollback_while_one_runs() {
    ReleaseStatus first = ReleaseStatus.NEW.withChangeSet(CHANGE);
    assertThat(first.changeBegan()).as("all that is there is judged").isEqualTo(Instant.EPOCH);
    ReleaseStatus later = first.withStable(STABLE);
    assertThat(later.changeBegan()).isEqualTo(NOON);
    Instant begun = NOON.plusSeconds(9);
    Rollback running = new Rollback("id", 1, 2, begun, null, null, List.of());
    assertThat(later.withRollback(running).changeBegan()).isEqualTo(begun);
    assertThat(later.withChangeSet(null).changeBegan()).isEqualTo(Instant.EPOCH);
  }
}
