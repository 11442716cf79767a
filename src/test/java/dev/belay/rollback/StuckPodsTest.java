package dev.belay.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class StuckPodsTest {

  private static final String SET =
      """
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: {name: db, uid: u, generation: 3}
      status: {observedGeneration: 3, updateRevision: good, currentRevision: good}
      """;

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: db-1
        labels: {controller-revision-hash: bad}
        ownerReferences: [{uid: u, controller: true}]
      status: {conditions: [{type: Ready, status: "False"}]}
      """;

  @Test
  void a_pod_of_the_failed_revision_that_is_not_ready_is_stuck() {
    assertThat(stuck(SET, POD)).hasSize(1);
    assertThat(
            stuck(SET, POD.replace("status: {conditions: [{type: Ready, status: \"False\"}]}", "")))
        .as("one that says nothing of itself is not ready")
        .hasSize(1);
  }

  @Test
  void others_are_left() {
    assertThat(stuck(SET, POD.replace("\"False\"", "\"True\""))).as("ready").isEmpty();
    assertThat(stuck(SET, POD.replace("bad", "good"))).as("as wanted").isEmpty();
    assertThat(stuck(SET.replace("currentRevision: good", "currentRevision: bad"), POD))
        .as("left by a partition")
        .isEmpty();
    assertThat(stuck(SET, POD.replace("uid: u", "uid: v"))).as("somebody else's").isEmpty();
    assertThat(stuck(SET, POD.replace("controller: true", "controller: false"))).isEmpty();
    assertThat(stuck(SET, POD.replace("name: db-1", "name: db-1\n  deletionTimestamp: now")))
        .as("going already")
        .isEmpty();
  }

  @Test
  void none_before_the_controller_has_seen_the_restored_template() {
    assertThat(stuck(SET.replace("generation: 3", "generation: 4"), POD)).isEmpty();
    assertThat(stuck(SET.replace("updateRevision: good, ", ""), POD)).isEmpty();
  }

  private static List<KubeObject> stuck(String set, String pod) {
    return StuckPods.of(read(set), List.of(read(pod)));
  }

  private static KubeObject read(String yaml) {
    try {
      return ManifestReader.read(yaml).getFirst();
    } catch (ManifestException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
