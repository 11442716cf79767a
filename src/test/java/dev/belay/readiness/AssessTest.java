package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs {@code readiness/<kind>/<expected>.<case>.yaml}: the object, then what belongs to it. The
 * comments at the top say what else is expected: the message, fields of the cause and, of a {@code
 * trouble}, how much it tells. It is noon in all of them.
 */
class AssessTest {

  private static final Path CASES = Path.of("src/test/resources/readiness");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.walk(CASES)) {
      return files
          .filter(f -> f.toString().endsWith(".yaml"))
          .map(CASES::relativize)
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void judges(Path file) throws Exception {
    String text = Files.readString(CASES.resolve(file));
    List<KubeObject> objects = ManifestReader.read(text);

    Map<String, String> header = header(text);
    String since = header.remove("since");

    Readiness readiness =
        Assess.of(
            objects.getFirst(),
            related(objects),
            since == null ? Instant.EPOCH : Instant.parse(since),
            NOON);

    String expected = file.getFileName().toString().split("\\.")[0];
    assertThat(state(readiness)).as(readiness.message()).isEqualTo(expected);
    if (readiness instanceof InProgress waiting && waiting.trouble() != null) {
      Trouble trouble = waiting.trouble();
      assertThat(trouble.cause().object()).isEqualTo(objects.getFirst().key());
      assertThat(trouble.cause().message()).isEqualTo(header.remove("message"));
      assertThat(trouble.sign().getClass().getSimpleName()).isEqualTo(header.remove("sign"));
      assertThat(fields(trouble.cause())).containsAllEntriesOf(header).containsKey("reason");
      assertThat(waiting.message()).contains(trouble.cause().message());
      return;
    }
    assertThat(readiness.message()).isEqualTo(header.remove("message"));
    if (readiness instanceof InProgress waiting) {
      assertThat(Map.of("pod", waiting.pod(), "container", waiting.container()))
          .containsAllEntriesOf(header);
    }
    if (readiness instanceof Failed failed) {
      assertThat(failed.cause().object()).isEqualTo(objects.getFirst().key());
      assertThat(fields(failed.cause())).containsAllEntriesOf(header).containsKey("reason");
    }
  }

  private static String state(Readiness readiness) {
    return switch (readiness) {
      case Current c -> "current";
      case InProgress p -> p.trouble() == null ? "in-progress" : "trouble";
      case Failed f -> "failed";
    };
  }

  private static Related related(List<KubeObject> objects) {
    Map<String, List<KubeObject>> byKind =
        objects.stream().skip(1).collect(Collectors.groupingBy(KubeObject::kind));
    return new Related(
        byKind.getOrDefault("ReplicaSet", List.of()),
        byKind.getOrDefault("Pod", List.of()),
        byKind.getOrDefault("Event", List.of()));
  }

  private static Map<String, String> header(String text) {
    return text.lines()
        .takeWhile(line -> line.startsWith("# "))
        .map(line -> line.substring(2).split(": ", 2))
        .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
  }

  private static Map<String, String> fields(Cause cause) {
    return Map.of(
        "reason", cause.reason(),
        "pod", cause.pod(),
        "container", cause.container(),
        "exitCode", "" + cause.exitCode(),
        "restarts", "" + cause.restarts());
  }
}
