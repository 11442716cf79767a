package dev.belay.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FutureTimesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00.123456Z");
  private static final String CUT = "2026-01-01T12:00:00.123Z";

  @Test
  void a_verdict_in_the_future_counts_as_now() throws JsonProcessingException {
    ObjectNode status =
        status(
            """
            stable: {revision: 3, verifiedAt: '2026-01-01T12:10:00Z'}
            changeSet: {startedAt: '2026-01-01T11:59:00Z', progress: [{at: '2026-01-01T12:10:01.5Z'}]}
            history: [{revision: 3, at: '2026-01-01T12:10:00Z'}, {revision: 2, at: '2026-01-01T11:00:00Z'}]
            """);
    assertThat(FutureTimes.cut(status, NOW)).isTrue();
    assertThat(status)
        .isEqualTo(
            status(
                """
                stable: {revision: 3, verifiedAt: '%1$s'}
                changeSet: {startedAt: '2026-01-01T11:59:00Z', progress: [{at: '%1$s'}]}
                history: [{revision: 3, at: '%1$s'}, {revision: 2, at: '2026-01-01T11:00:00Z'}]
                """
                    .formatted(CUT)));
    assertThat(FutureTimes.cut(status, NOW)).as("once").isFalse();
  }

  @Test
  void times_of_two_processes_may_differ_a_little() throws JsonProcessingException {
    assertThat(FutureTimes.cut(status("sent: {at: '2026-01-01T12:00:02Z'}"), NOW)).isFalse();
  }

  @Test
  void a_lock_ends_in_the_future_but_not_later_than_any_lock() throws JsonProcessingException {
    assertThat(FutureTimes.cut(status("knownBad: {until: '2026-01-01T13:00:00Z'}"), NOW)).isFalse();
    ObjectNode status = status("knownBad: {until: '2026-01-01T23:00:00Z'}");
    assertThat(FutureTimes.cut(status, NOW)).isTrue();
    assertThat(status.at("/knownBad/until").asText()).isEqualTo("2026-01-01T13:00:00.123Z");
  }

  /** By the lineage a release is known, whatever the clock of the client that installed it says. */
  @Test
  void what_only_looks_like_a_time_is_none() throws JsonProcessingException {
    ObjectNode status =
        status(
            "{lineage: '2030-01-01T00:00:00.123456789Z', failure: {message: '2030-01-01T00:00:00Z', at: soon, sentAt: 3}}");
    ObjectNode before = status.deepCopy();
    assertThat(FutureTimes.cut(status, NOW)).isFalse();
    assertThat(status).isEqualTo(before);
  }

  /** A field for a time that is not known here would be a verdict in the future again. */
  @Test
  void every_time_of_a_status_is_known() throws JsonProcessingException {
    JavaClasses api = new ClassFileImporter().importPackages("dev.belay.api");
    List<String> times =
        api.stream()
            .filter(type -> type.isRecord())
            .flatMap(type -> type.getFields().stream())
            .filter(field -> field.getRawType().isEquivalentTo(Instant.class))
            .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
            .map(field -> field.getName())
            .distinct()
            .toList();
    assertThat(times).contains("verifiedAt", "until");
    for (String time : times) {
      ObjectNode status = status("{" + time + ": '2030-01-01T00:00:00Z'}");
      assertThat(FutureTimes.cut(status, NOW)).as(time).isTrue();
    }
  }

  private static ObjectNode status(String yaml) throws JsonProcessingException {
    return (ObjectNode) new YAMLMapper().readTree(yaml);
  }
}
