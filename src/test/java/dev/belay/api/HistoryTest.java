package dev.belay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.ReleaseStatus.Stored;
import java.time.Instant;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class HistoryTest {

  @Test
  void the_newest_come_first_and_the_oldest_beyond_the_limit_go() {
    ReleaseStatus status = ReleaseStatus.NEW;
    for (int revision = 1; revision <= 5; revision++) {
      status = status.withStored(stored(revision, "d" + revision), 3);
    }
    assertThat(status.history()).extracting(Stored::revision).containsExactly(5, 4, 3);
    assertThat(status.storedDigest(4)).contains("d4");
    assertThat(status.storedDigest(2)).isEmpty();
  }

  @Test
  void a_number_is_listed_once() {
    ReleaseStatus status =
        ReleaseStatus.NEW.withStored(stored(1, "old"), 3).withStored(stored(1, "new"), 3);
    assertThat(status.history()).containsExactly(stored(1, "new"));
  }

  @Test
  void what_is_not_covered_is_bounded() {
    assertThat(ReleaseStatus.NEW.withNotCovered(Collections.nCopies(500, "a")).notCovered())
        .hasSize(20);
  }

  private static Stored stored(int revision, String digest) {
    return new Stored(revision, revision, Instant.EPOCH, digest);
  }
}
