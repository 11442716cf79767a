package dev.belay.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import dev.belay.masking.Masking;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class WarningEventsTest {

  @Test
  void warnings_are_told_newest_first_with_how_often_and_when() {
    assertThat(
            lines(
                event("Scheduled", "type: Normal, lastTimestamp: '2026-01-01T12:00:09Z'"),
                event("Unhealthy", "count: 3, lastTimestamp: '2026-01-01T12:00:05Z'"),
                event("BackOff", "count: 1, lastTimestamp: '2026-01-01T12:00:07Z'"),
                event(
                    "FailedScheduling",
                    "eventTime: '2026-01-01T12:00:01Z', series: {count: 4, lastObservedTime: '2026-01-01T12:00:06Z'}"),
                event("Odd", "count: 2")))
        .containsExactly(
            "Pod/web-1: BackOff (at 12:00:07 UTC): why",
            "Pod/web-1: FailedScheduling (4 times, last at 12:00:06 UTC): why",
            "Pod/web-1: Unhealthy (3 times, last at 12:00:05 UTC): why",
            "Pod/web-1: Odd (2 times): why");
  }

  @Test
  void there_are_five_at_most_and_none_twice() {
    List<KubeObject> many = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      many.add(event("R" + i, "lastTimestamp: '2026-01-01T12:00:0" + i + "Z'"));
      many.add(event("R" + i, "lastTimestamp: '2026-01-01T12:00:0" + i + "Z'"));
    }
    List<String> lines = lines(many.toArray(KubeObject[]::new));
    assertThat(lines).hasSize(5).doesNotHaveDuplicates();
    assertThat(lines.getFirst()).startsWith("Pod/web-1: R8 ");
  }

  /** The scheduler writes another Event for each series of its tries. */
  @Test
  void what_is_said_again_in_another_event_is_told_once() {
    assertThat(
            lines(
                event("FailedScheduling", "lastTimestamp: '2026-01-01T12:00:01Z'"),
                event("FailedScheduling", "count: 2, lastTimestamp: '2026-01-01T12:00:05Z'")))
        .containsExactly("Pod/web-1: FailedScheduling (2 times, last at 12:00:05 UTC): why");
  }

  /** A probe may quote a page. */
  @Test
  void a_message_is_masked_while_it_is_whole_then_one_line_and_cut() throws Exception {
    String secret = "0123456789".repeat(60);
    String said = "Readiness probe failed:\\n  " + secret + "\\n" + "x".repeat(600);
    KubeObject event = event("Unhealthy", "message: \"" + said + "\"");

    Masking secrets =
        Masking.of(
            ManifestReader.read(
                "{apiVersion: v1, kind: Secret, stringData: {a: '" + secret + "'}}"));
    String line = WarningEvents.lines(List.of(event), secrets::mask).getFirst();

    assertThat(line)
        .startsWith("Pod/web-1: Unhealthy: Readiness probe failed:; (masked); xxx")
        .endsWith("x…")
        .hasSize(400);
  }

  private static List<String> lines(KubeObject... events) {
    return WarningEvents.lines(List.of(events), UnaryOperator.identity());
  }

  private static KubeObject event(String reason, String more) {
    String yaml =
        "{apiVersion: v1, kind: Event, involvedObject: {kind: Pod, name: web-1}, reason: %s, %s%s%s}"
            .formatted(
                reason,
                more.contains("type:") ? "" : "type: Warning, ",
                more.contains("message:") ? "" : "message: why, ",
                more);
    try {
      return ManifestReader.read(yaml).getFirst();
    } catch (ManifestException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
