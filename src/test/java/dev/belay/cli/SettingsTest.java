package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0s",
        "0",
        "-5m",
        "-5",
        "PT-5M",
        "500ms",
        "five minutes",
        "169h",
        "9999d",
        "5 m",
        "99999999999999999999s",
        "PT9999999999999H"
      })
  void a_time_that_nobody_can_have_meant_is_told_with_its_name_its_value_and_the_remedy(
      String text) {
    assertThat(Settings.wrong(Map.of("BELAY_TIMEOUT", text)))
        .containsExactly(
            "BELAY_TIMEOUT is \"%s\": it must be a time from 1s to 168h, such as 90s, 10m or 1h30m. In the chart it is the value settings.timeout"
                .formatted(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1s", "90s", "5m", "1h30m", "168h", "7d", "300", "PT5M"})
  void a_time_that_belay_can_work_with_is_taken(String text) {
    assertThat(Settings.wrong(Map.of("BELAY_TIMEOUT", text))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "BELAY_TIMEOUT, 1s, 168h",
    "BELAY_SOAK, 1s, 24h",
    "BELAY_YIELD, 1s, 1h",
    "BELAY_QUIET, 1s, 24h",
    "BELAY_FAILURE_MINIMUM, 1s, 24h",
    "BELAY_FAILURE_PATIENCE, 1s, 24h",
    "BELAY_FAILURE_IMAGE_NOT_FOUND, 1s, 24h",
    "BELAY_LEASE_DURATION, 5s, 10m",
    "BELAY_CERTIFICATE_VALIDITY, 10m, 3650d"
  })
  void each_has_bounds_of_its_own(String variable, String least, String most) {
    assertThat(Settings.wrong(Map.of(variable, least))).isEmpty();
    assertThat(Settings.wrong(Map.of(variable, most))).isEmpty();
    assertThat(Settings.wrong(Map.of(variable, "0s")))
        .singleElement()
        .asString()
        .startsWith(variable + " is \"0s\": it must be a time from " + least + " to " + most);
    assertThat(Settings.wrong(Map.of(variable, "3651d"))).hasSize(1);
  }

  @Test
  void exits_are_a_number_from_2_to_20() {
    for (String possible : List.of("2", "3", "9", "10", "19", "20")) {
      assertThat(Settings.wrong(Map.of("BELAY_FAILURE_EXITS", possible))).isEmpty();
    }
    for (String impossible : List.of("", "0", "1", "21", "100", "-3", "2.5", "3s", "three")) {
      assertThat(Settings.wrong(Map.of("BELAY_FAILURE_EXITS", impossible)))
          .containsExactly(
              "BELAY_FAILURE_EXITS is \"%s\": it must be a number from 2 to 20. In the chart it is the value settings.failure.exits"
                  .formatted(impossible));
    }
  }

  @Test
  void who_makes_the_certificate_is_one_of_two() {
    assertThat(Settings.wrong(Map.of("BELAY_CERTIFICATE", "own"))).isEmpty();
    assertThat(Settings.wrong(Map.of("BELAY_CERTIFICATE", "provided"))).isEmpty();
    assertThat(Settings.wrong(Map.of("BELAY_CERTIFICATE", "vault")))
        .containsExactly("BELAY_CERTIFICATE is \"vault\": it must be own or provided");
  }

  @Test
  void all_that_is_wrong_is_told_at_once() {
    assertThat(Settings.wrong(Map.of("BELAY_SOAK", "0s", "BELAY_QUIET", "x", "OTHER", "0s")))
        .hasSize(2);
  }
}
