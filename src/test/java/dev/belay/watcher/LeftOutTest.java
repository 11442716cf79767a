package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import dev.belay.membership.Group;
import dev.belay.membership.Surroundings;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Pods that came with a change and that no rollback puts back. */
class LeftOutTest {

  private static final Group SHOP = new Group("shop", List.of(), new Surroundings(Set.of("helms")));

  @Test
  void a_pod_is_named_that_carries_the_marks_of_the_release() throws Exception {
    assertThat(LeftOut.named(List.of(pod("labels: {app: shop}")), SHOP))
        .singleElement()
        .asString()
        .startsWith("Pod/alone: ");
    assertThat(
            LeftOut.named(
                List.of(pod("labels: {app.kubernetes.io/instance: helms, app: shop}")), SHOP))
        .hasSize(1);
  }

  @Test
  void one_that_says_nothing_or_something_else_is_nobodys() throws Exception {
    assertThat(
            LeftOut.named(
                List.of(pod("labels: {}"), pod("labels: {run: shop}"), pod("labels: {app: api}")),
                SHOP))
        .isEmpty();
  }

  private static KubeObject pod(String metadata) throws Exception {
    return ManifestReader.read(
            "{apiVersion: v1, kind: Pod, metadata: {name: alone, namespace: shop, %s}}"
                .formatted(metadata))
        .getFirst();
  }
}
