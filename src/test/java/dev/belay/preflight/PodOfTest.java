package dev.belay.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodOfTest {

  @Test
  void a_deployments_pod_is_one_of_its_replica_set() {
    PodOf made =
        PodOf.of(
                object(
                    """
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: web, namespace: shop}
                    spec:
                      template:
                        metadata: {labels: {app: web}, annotations: {a: b}}
                        spec: {containers: [{name: c}]}
                    """))
            .orElseThrow();
    assertThat(made.controller()).isEqualTo("replicaset-controller");
    assertThat(made.later()).isFalse();
    KubeObject pod = made.pod();
    assertThat(pod.kind() + pod.name() + "/" + pod.namespace()).isEqualTo("Pod/shop");
    assertThat(pod.labels()).containsEntry("app", "web").containsKey("pod-template-hash");
    assertThat(pod.annotations()).containsEntry("a", "b");
    assertThat(pod.at("spec").toString()).isEqualTo("{\"containers\":[{\"name\":\"c\"}]}");
    assertThat(pod.list("metadata", "ownerReferences").getFirst().toString())
        .contains("\"kind\":\"ReplicaSet\"", "\"controller\":true");
    assertThat(pod.text("", "metadata", "generateName")).startsWith("web-");
  }

  @Test
  void a_stateful_sets_pod_has_its_name_and_its_claims() {
    KubeObject pod =
        PodOf.of(
                object(
                    """
                    apiVersion: apps/v1
                    kind: StatefulSet
                    metadata: {name: db, namespace: shop}
                    spec:
                      ordinals: {start: 2}
                      serviceName: db
                      template: {spec: {volumes: [{name: tmp, emptyDir: {}}]}}
                      volumeClaimTemplates: [{metadata: {name: data}}]
                    """))
            .orElseThrow()
            .pod();
    assertThat(pod.name()).isEqualTo("db-2");
    assertThat(pod.labels()).containsEntry("statefulset.kubernetes.io/pod-name", "db-2");
    assertThat(pod.at("spec", "volumes").toString())
        .isEqualTo(
            "[{\"name\":\"tmp\",\"emptyDir\":{}},"
                + "{\"name\":\"data\",\"persistentVolumeClaim\":{\"claimName\":\"data-db-2\"}}]");
  }

  @Test
  void a_cron_jobs_pod_is_made_of_its_jobs_template_and_comes_later() {
    PodOf made =
        PodOf.of(
                object(
                    """
                    apiVersion: batch/v1
                    kind: CronJob
                    metadata: {name: nightly, namespace: shop}
                    spec: {jobTemplate: {spec: {template: {spec: {restartPolicy: Never}}}}}
                    """))
            .orElseThrow();
    assertThat(made.later()).isTrue();
    assertThat(made.pod().namespace()).isEqualTo("shop");
    assertThat(made.pod().text("", "spec", "restartPolicy")).isEqualTo("Never");
    assertThat(made.pod().labels()).containsKey("batch.kubernetes.io/job-name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
        "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 0}}",
        "{apiVersion: apps/v1, kind: Deployment, spec: {paused: true}}",
        "{apiVersion: apps/v1, kind: StatefulSet, spec: {replicas: 0}}",
        "{apiVersion: batch/v1, kind: Job, spec: {suspend: true}}",
        "{apiVersion: batch/v1, kind: Job, spec: {parallelism: 0}}",
        "{apiVersion: batch/v1, kind: Job, spec: {completions: 0}}",
        "{apiVersion: batch/v1, kind: Job, spec: {managedBy: kueue.x-k8s.io/multikueue}}",
        "{apiVersion: batch/v1, kind: CronJob, spec: {suspend: true}}",
        "{apiVersion: example.com/v1, kind: Deployment}",
      })
  void what_makes_no_pods_now_has_none(String workload) {
    assertThat(PodOf.of(object(workload))).isEmpty();
  }

  static KubeObject object(String yaml) {
    try {
      return ManifestReader.read(yaml).getFirst();
    } catch (ManifestException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
