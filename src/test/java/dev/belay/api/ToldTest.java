package dev.belay.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ToldTest {

  private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
  private static final Told TOLD = new Told(2, AT, null, List.of(workload("web", 5)));

  @Test
  void the_same_spec_that_failed_before_is_no_failure_of_a_later_change() {
    assertThat(TOLD.failedBefore(3, "web", 5)).isTrue();
    assertThat(TOLD.failedBefore(3, "web", 6)).as("written since").isFalse();
    assertThat(TOLD.failedBefore(2, "web", 5)).as("this change's own failure").isFalse();
    assertThat(TOLD.failedBefore(3, "db", 5)).as("never told of").isFalse();
  }

  @Test
  void a_workload_is_told_once_and_keeps_its_place_and_generation() {
    assertThat(TOLD.and(List.of(workload("web", 6), workload("db", 1))).workloads())
        .containsExactly(workload("web", 5), workload("db", 1));
  }

  @Test
  void what_was_taken_back_is_told_again_if_it_is_told() {
    assertThat(TOLD.withdrawn(AT).and(List.of())).isEqualTo(TOLD);
  }

  @Test
  void there_is_a_bound() {
    List<Told.Workload> many =
        IntStream.range(0, 2 * Told.MOST).mapToObj(i -> workload("w" + i, 1)).toList();
    assertThat(TOLD.and(many).workloads()).hasSize(Told.MOST);
  }

  private static Told.Workload workload(String name, int generation) {
    return new Told.Workload("apps/v1", "Deployment", "shop", name, name, generation);
  }
}
