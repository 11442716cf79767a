package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.admission.Room.Place;
import dev.belay.cluster.Deadline;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoomTest {

  private static final int LONGEST = 7 * 1024 * 1024;

  private final Room room = new Room();

  @Test
  void there_is_room_for_the_longest_review_alone() throws Exception {
    Place place = enter(LONGEST).orElseThrow();
    assertThat(enter(LONGEST)).isEmpty();
    place.leave();
    assertThat(enter(LONGEST)).isPresent();
  }

  @Test
  void one_of_unknown_length_counts_as_the_longest() throws Exception {
    enter(-1).orElseThrow();
    assertThat(enter(LONGEST)).isEmpty();
  }

  @Test
  void one_that_says_it_is_longer_than_all_is_left_to_the_http_server() throws Exception {
    assertThat(enter(Long.MAX_VALUE)).isPresent();
  }

  @Test
  void small_ones_do_not_wait_for_large_ones() throws Exception {
    enter(LONGEST).orElseThrow();
    for (int i = 0; i < 64; i++) {
      assertThat(enter(Room.SMALL_BYTES)).isPresent();
    }
    assertThat(enter(Room.SMALL_BYTES)).isEmpty();
  }

  @Test
  void an_empty_one_takes_nothing() throws Exception {
    enter(LONGEST).orElseThrow();
    assertThat(enter(0)).isPresent();
  }

  private Optional<Place> enter(long bytes) throws InterruptedException {
    return room.enter(bytes, new Deadline(System.nanoTime() + Duration.ofMillis(20).toNanos()));
  }
}
