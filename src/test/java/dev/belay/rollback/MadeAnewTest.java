package dev.belay.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import org.junit.jupiter.api.Test;

/** The object is there since noon. */
class MadeAnewTest {

  @Test
  void what_belay_has_written_is_made_anew() throws Exception {
    assertThat(MadeAnew.is(writtenBy("belay", "12:00:00", ""))).isTrue();
  }

  @Test
  void what_was_written_before_it_was_there_is_made_anew() throws Exception {
    assertThat(MadeAnew.is(writtenBy("helm", "11:59:58", ""))).isTrue();
  }

  @Test
  void what_a_client_has_made_is_not() throws Exception {
    assertThat(MadeAnew.is(writtenBy("helm", "12:00:00", ""))).isFalse();
    assertThat(MadeAnew.is(writtenBy("kubectl", "12:30:00", ""))).isFalse();
  }

  @Test
  void what_is_said_of_its_status_alone_does_not_count() throws Exception {
    assertThat(MadeAnew.is(writtenBy("belay", "12:00:00", "status"))).isFalse();
  }

  private static KubeObject writtenBy(String manager, String time, String subresource)
      throws Exception {
    return ManifestReader.read(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: web
              creationTimestamp: "2026-01-01T12:00:00Z"
              managedFields:
                - {manager: %s, operation: Update, time: "2026-01-01T%sZ", subresource: "%s"}
            """
                .formatted(manager, time, subresource))
        .getFirst();
  }
}
