package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventWriterTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void names_sort_in_the_order_of_writing_within_a_second_and_within_a_moment() {
    EventWriter events = new EventWriter(null);
    List<String> names =
        List.of(
            events.name("shop", NOON),
            events.name("shop", NOON),
            events.name("shop", NOON.plusMillis(3)),
            events.name("shop", NOON.plusSeconds(70_000)));
    assertThat(names).isSorted().doesNotHaveDuplicates().allMatch(n -> n.startsWith("shop."));
  }
}
