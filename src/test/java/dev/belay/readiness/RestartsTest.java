package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartsTest {

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: db-%s
        ownerReferences: [{uid: sts}]
        labels: {controller-revision-hash: %s}
      status:
        initContainerStatuses: [{name: init, restartCount: 1}]
        containerStatuses: [{name: db, restartCount: 2}]
      ---
      """;

  @Test
  void countsAllContainersOfTheNewRevisionOnly() throws Exception {
    KubeObject set =
        one(
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, uid: sts}
            status: {updateRevision: new}
            """);
    List<KubeObject> pods =
        ManifestReader.read(
            POD.formatted(2, "new") + POD.formatted(1, "new") + POD.formatted(0, "old"));

    assertThat(Assess.restarts(new Related(List.of(), pods, List.of()), set)).isEqualTo(6);
  }

  @Test
  void knowsWhatAReleaseWaitsFor() throws Exception {
    assertThat(Assess.isWorkload(one("apiVersion: apps/v1\nkind: Deployment"))).isTrue();
    assertThat(Assess.isWorkload(one("apiVersion: v1\nkind: Service"))).isTrue();
    assertThat(Assess.isWorkload(one("apiVersion: v1\nkind: ConfigMap"))).isFalse();
    assertThat(Assess.isWorkload(one("apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler")))
        .isFalse();
    assertThat(Assess.isWorkload(one("apiVersion: example.com/v1\nkind: Widget"))).isTrue();
  }

  @Test
  void knowsWhatMayGoByItself() throws Exception {
    String job = "apiVersion: batch/v1\nkind: Job\n";
    assertThat(Assess.mayBeGone(one(job))).isFalse();
    assertThat(Assess.mayBeGone(one(job + "spec: {ttlSecondsAfterFinished: 0}"))).isTrue();
    assertThat(Assess.mayBeGone(one("apiVersion: example.com/v1\nkind: Widget"))).isTrue();
    assertThat(Assess.mayBeGone(one("apiVersion: apps/v1\nkind: Deployment"))).isFalse();
  }

  private static KubeObject one(String yaml) throws Exception {
    return ManifestReader.read(yaml).getFirst();
  }
}
