package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The change begins at noon. */
class UnreadyPodsTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void a_pod_that_is_unready_since_before_tells() throws Exception {
    assertThat(isUnready("11:00:00", "Running", "{type: Ready, status: 'False', %s}", "11:30:00"))
        .isTrue();
  }

  @Test
  void a_pod_that_no_node_has_taken_tells() throws Exception {
    assertThat(isUnready("11:00:00", "Pending", "{type: PodScheduled, status: 'False', %s}", ""))
        .isTrue();
  }

  @Test
  void a_pod_that_was_ready_since_tells_nothing() throws Exception {
    assertThat(isUnready("11:00:00", "Running", "{type: Ready, status: 'False', %s}", "12:00:03"))
        .isFalse();
    assertThat(isUnready("11:00:00", "Running", "{type: Ready, status: 'True', %s}", "11:00:03"))
        .isFalse();
  }

  @Test
  void a_pod_that_came_later_or_has_been_replaced_tells_nothing() throws Exception {
    assertThat(isUnready("12:00:00", "Pending", "{type: PodScheduled, status: 'False', %s}", ""))
        .isFalse();
    assertThat(isUnready("11:00:00", "Failed", "{type: Ready, status: 'False', %s}", "11:30:00"))
        .as("evicted")
        .isFalse();
  }

  private static boolean isUnready(String created, String phase, String condition, String since)
      throws Exception {
    String time = since.isEmpty() ? "" : "lastTransitionTime: \"2026-01-01T%sZ\"".formatted(since);
    KubeObject pod =
        read(
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: db-0
              creationTimestamp: "2026-01-01T%sZ"
              labels: {controller-revision-hash: a}
              ownerReferences: [{uid: db}]
            status: {phase: %s, conditions: [%s]}
            """
                .formatted(created, phase, condition.formatted(time)));
    KubeObject set =
        read(
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, uid: db}
            status: {updateRevision: a}
            """);
    return UnreadyPods.since(set, new Related(List.of(), List.of(pod), List.of()), NOON);
  }

  private static KubeObject read(String yaml) throws Exception {
    return ManifestReader.read(yaml).getFirst();
  }
}
