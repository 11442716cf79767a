package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineTest {

  private static final Duration OTHERWISE = Duration.ofSeconds(7);

  @ParameterizedTest
  @CsvSource({"10s, 9500", "30s, 29500", "1s, 500", "0s, 500"})
  void it_leaves_half_a_second_of_what_the_api_server_waits(String timeout, long millis) {
    assertLeft(Deadline.of(timeout, OTHERWISE), millis);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "s", "-1s", "1h", "9999s", "1.5s", "10s "})
  void anything_else_is_as_if_nothing_was_said(String timeout) {
    assertLeft(Deadline.of(timeout, OTHERWISE), 6500);
    assertLeft(Deadline.of(null, OTHERWISE), 6500);
  }

  @Test
  void after_it_nothing_is_left() {
    assertThat(new Deadline(System.nanoTime() - 1).left()).isZero();
  }

  private static void assertLeft(Deadline deadline, long millis) {
    assertThat(deadline.left())
        .isBetween(Duration.ofMillis(millis - 400), Duration.ofMillis(millis));
  }
}
