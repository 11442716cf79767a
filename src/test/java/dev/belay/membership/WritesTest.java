package dev.belay.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.belay.manifest.KubeObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WritesTest {

  private static final YAMLMapper YAML = new YAMLMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{manager: kubectl, time: '2026-03-01T12:00:09Z'}|12:00:09|kubectl",
        "{manager: a, time: '2026-03-01T12:00:08Z'}, {manager: b, time: '2026-03-01T12:00:09Z'}|12:00:09|b",
        "{manager: kubectl, time: '2026-03-01T12:00:04Z'}|12:00:05|kubectl",
        "{manager: kubectl, time: '2026-03-01T12:00:06Z'}, {manager: x, subresource: status, time: '2026-03-01T12:00:09Z'}|12:00:06|kubectl",
        "{manager: kubectl, time: '2026-03-01T12:00:06Z'}, {manager: kube-controller-manager, time: '2026-03-01T12:00:09Z'}|12:00:06|kubectl",
        "{manager: kubectl, time: '2026-03-01T12:00:06Z'}, {manager: belay, time: '2026-03-01T12:00:09Z'}|12:00:06|kubectl",
        "|12:00:05|",
      })
  void the_last_write_is_that_of_a_client(String managers, String at, String manager)
      throws Exception {
    KubeObject object =
        KubeObject.of(
            YAML.readTree(
                "{metadata: {creationTimestamp: '2026-03-01T12:00:05Z', managedFields: [%s]}}"
                    .formatted(managers == null ? "" : managers)));
    Writes.Write last = Writes.last(object);
    assertThat(last.at()).isEqualTo("2026-03-01T" + at + "Z");
    assertThat(last.manager()).isEqualTo(manager == null ? "" : manager);
  }
}
