package dev.belay.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownBadTest {

  @ParameterizedTest
  @CsvSource({"1, 5", "2, 10", "3, 20", "4, 40", "5, 60", "6, 60", "1000000, 60", "0, 5"})
  void the_back_off_doubles_from_five_minutes_to_an_hour(int failures, int minutes) {
    assertThat(KnownBad.backOff(failures)).hasMinutes(minutes);
  }
}
