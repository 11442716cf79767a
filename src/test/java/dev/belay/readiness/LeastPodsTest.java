package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import org.junit.jupiter.api.Test;

class LeastPodsTest {

  private static final String AUTOSCALER =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: scales}
      spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, %s maxReplicas: 20}
      """;

  private static final String SCALED =
      """
      apiVersion: keda.sh/v1alpha1
      kind: ScaledObject
      metadata: {name: scales}
      spec: {scaleTargetRef: {name: web}, %s}
      """;

  @Test
  void what_is_raised_is_asked_for_by_who_raises_it() throws Exception {
    LeastPods two = of(AUTOSCALER.formatted("minReplicas: 2,"));
    LeastPods nine = of(AUTOSCALER.formatted("minReplicas: 9,"));
    assertThat(nine.raised(deployment("web"), two)).isEqualTo(9);
    assertThat(nine.raised(deployment("web"), LeastPods.NONE)).as("a new one").isEqualTo(9);
    assertThat(nine.raised(deployment("other"), two)).isZero();
    assertThat(two.raised(deployment("web"), two)).as("as it was").isZero();
    assertThat(two.raised(deployment("web"), nine)).as("lowered").isZero();
    assertThat(LeastPods.NONE.raised(deployment("web"), nine)).as("taken away").isZero();
    assertThat(of(AUTOSCALER.formatted("")).raised(deployment("web"), LeastPods.NONE)).isOne();
  }

  @Test
  void a_scaled_object_of_keda_makes_such_an_autoscaler() throws Exception {
    LeastPods none = of(SCALED.formatted("maxReplicaCount: 9"));
    assertThat(of(SCALED.formatted("minReplicaCount: 5")).raised(deployment("web"), none))
        .isEqualTo(5);
  }

  private static LeastPods of(String manifest) throws Exception {
    return LeastPods.of(ManifestReader.read(manifest));
  }

  private static KubeObject deployment(String name) throws Exception {
    return ManifestReader.read(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: %s, namespace: shop}}"
                .formatted(name))
        .getFirst();
  }
}
