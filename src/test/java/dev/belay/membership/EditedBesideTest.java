package dev.belay.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Helm's change begins at noon. */
class EditedBesideTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void what_somebody_else_has_changed_since_is_named_with_who_it_was() throws Exception {
    assertThat(of("kubectl-rollout", "12:00:14", "f:spec", ""))
        .containsExactly("Deployment/web as kubectl has changed it");
  }

  @Test
  void what_was_changed_before_or_by_the_client_itself_is_not() throws Exception {
    assertThat(of("kubectl-edit", "11:59:59", "f:spec", "")).isEmpty();
    assertThat(of("helm", "12:00:01", "f:spec", "")).isEmpty();
  }

  @Test
  void a_label_and_what_controllers_write_do_not_count() throws Exception {
    assertThat(of("kubectl-label", "12:00:14", "f:metadata", "")).isEmpty();
    assertThat(of("kubectl", "12:00:14", "f:spec", "scale")).isEmpty();
    assertThat(of("vpa-updater", "12:00:14", "f:spec", "")).isEmpty();
  }

  private static List<String> of(String manager, String time, String field, String subresource)
      throws Exception {
    KubeObject web =
        ManifestReader.read(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web
                  managedFields:
                    - {manager: %s, time: "2026-01-01T%sZ", fieldsV1: {"%s": {}}, subresource: "%s"}
                """
                    .formatted(manager, time, field, subresource))
            .getFirst();
    return EditedBeside.of(List.of(web), Clients.HELM, NOON);
  }
}
