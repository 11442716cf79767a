package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The change begins at 12:00. What failed before may be what it is to cure. */
class OfChangeTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @Test
  void a_new_pod_of_a_workload_that_the_change_wrote_counts() throws Exception {
    assertThat(judge("12:00:00", "12:00:00")).isInstanceOf(Failed.class);
    assertThat(judge("12:00:05", "12:00:09")).isInstanceOf(Failed.class);
  }

  @Test
  void an_old_pod_does_not_count_though_the_workload_was_written() throws Exception {
    assertThat(judge("12:00:01", "11:59:59"))
        .isEqualTo(new InProgress("not of this change: container web exited 3: no db"));
  }

  @Test
  void a_new_pod_of_a_workload_that_the_change_left_does_not_count() throws Exception {
    assertThat(judge("11:50:00", "12:00:30")).isInstanceOf(InProgress.class);
  }

  @Test
  void what_controllers_write_is_no_change_of_the_workload() throws Exception {
    KubeObject web = web("11:50:00");
    Related related = new Related(List.of(), List.of(pod("12:00:30")), List.of());
    assertThat(
            web.list("metadata", "managedFields").stream()
                .map(entry -> entry.path("time").asText())
                .filter(time -> time.contains("T12:00:20")))
        .as("status, scale and the revision annotation are written later")
        .hasSize(3);
    assertThat(OfChange.judge(crash(web), web, related, NOON)).isInstanceOf(InProgress.class);
  }

  @Test
  void refused_pods_count_if_they_were_refused_since() throws Exception {
    KubeObject web = web("12:00:01");
    Failed refused =
        new Failed(Cause.ofObject(Reasons.PODS_REFUSED, web.key(), "its Pods can't be created"));
    assertThat(OfChange.judge(refused, web, replicaSets("12:00:02"), NOON)).isEqualTo(refused);
    assertThat(OfChange.judge(refused, web, replicaSets("11:59:02"), NOON))
        .isInstanceOf(InProgress.class);
    assertThat(OfChange.judge(refused, web, Related.NONE, NOON)).isInstanceOf(InProgress.class);
  }

  @Test
  void a_pod_of_its_own_counts_if_it_is_new() throws Exception {
    KubeObject pod = pod("12:00:00");
    Failed failed = crash(pod);
    assertThat(OfChange.judge(failed, pod, Related.NONE, NOON)).isEqualTo(failed);
    KubeObject old = pod("11:59:59");
    assertThat(OfChange.judge(crash(old), old, Related.NONE, NOON)).isInstanceOf(InProgress.class);
  }

  @Test
  void what_is_not_failed_stays_as_it_is() throws Exception {
    KubeObject web = web("11:00:00");
    for (Readiness other : List.of(new Current("a"), new InProgress("b"))) {
      assertThat(OfChange.judge(other, web, Related.NONE, NOON)).isEqualTo(other);
    }
  }

  private static Readiness judge(String written, String podCreated) throws Exception {
    KubeObject web = web(written);
    Related related = new Related(List.of(), List.of(pod(podCreated)), List.of());
    return OfChange.judge(crash(web), web, related, NOON);
  }

  private static Failed crash(KubeObject object) {
    return new Failed(
        new Cause(
            Reasons.CRASH_LOOP,
            object.key(),
            "web-1",
            "web",
            3,
            3,
            "container web exited 3: no db"));
  }

  private static KubeObject web(String written) throws Exception {
    return read(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          namespace: shop
          uid: dep
          managedFields:
            - {manager: helm, operation: Apply, time: "2026-01-01T%sZ", fieldsV1: {"f:spec": {}}}
            - {manager: kube-controller-manager, operation: Update, time: "2026-01-01T12:00:20Z", fieldsV1: {"f:metadata": {}}}
            - {manager: kube-controller-manager, operation: Update, subresource: scale, time: "2026-01-01T12:00:20Z", fieldsV1: {"f:spec": {}}}
            - {manager: kube-controller-manager, operation: Update, subresource: status, time: "2026-01-01T12:00:20Z", fieldsV1: {"f:status": {}}}
        spec:
          template: {metadata: {labels: {app: web}}}
        """
            .formatted(written));
  }

  private static KubeObject pod(String created) throws Exception {
    return read(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web-1
          namespace: shop
          creationTimestamp: "2026-01-01T%sZ"
          managedFields:
            - {manager: helm, operation: Apply, time: "2026-01-01T%sZ", fieldsV1: {"f:spec": {}}}
        """
            .formatted(created, created));
  }

  private static Related replicaSets(String refused) throws Exception {
    KubeObject replicaSet =
        read(
            """
            apiVersion: apps/v1
            kind: ReplicaSet
            metadata:
              name: web-a
              namespace: shop
              ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: dep, controller: true}]
            spec:
              template: {metadata: {labels: {app: web, pod-template-hash: a}}}
            status:
              conditions:
                - {type: ReplicaFailure, status: "True", lastTransitionTime: "2026-01-01T%sZ"}
            """
                .formatted(refused));
    return new Related(List.of(replicaSet), List.of(), List.of());
  }

  private static KubeObject read(String yaml) throws Exception {
    return ManifestReader.read(yaml).getFirst();
  }
}
