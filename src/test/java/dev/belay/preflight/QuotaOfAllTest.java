package dev.belay.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaOfAllTest {

  private static final KubeObject POD =
      PodOfTest.object(
          """
          apiVersion: v1
          kind: Pod
          spec:
            overhead: {cpu: 500m}
            containers:
              - {resources: {requests: {cpu: 1}, limits: {memory: 1Gi, example.com/gpu: 1}}}
              - {resources: {requests: {cpu: 500m, memory: 512Mi}}}
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pods: 2                    | pods=3, limited: pods=2",
        "pods: 3                    |",
        "count/pods: 2              | count/pods=3, limited: count/pods=2",
        "requests.cpu: 5            | requests.cpu=6, limited: requests.cpu=5",
        "cpu: 6                     |",
        "cpu: 5500m                 | cpu=6, limited: cpu=5.5",
        "requests.memory: 1Gi       | requests.memory=1536Mi, limited: requests.memory=1Gi",
        "limits.memory: 2Gi         | limits.memory=3Gi, limited: limits.memory=2Gi",
        "limits.example.com/gpu: 2  | limits.example.com/gpu=3, limited: limits.example.com/gpu=2",
        "requests.storage: 1        |",
        "services.nodeports: 0      |",
        "secrets: 0                 |",
      })
  void all_pods_of_a_workload_need_room(String hard, String exceeded) {
    KubeObject quota =
        PodOfTest.object(
            "{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, status: {hard: {%s}}}"
                .formatted(hard));
    assertThat(exceeded(quota))
        .isEqualTo(
            Optional.ofNullable(exceeded)
                .map("quota few has no room for all 3 of them: requested: %s"::formatted));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{scopes: [BestEffort]}", "{scopeSelector: {matchExpressions: []}}"})
  void a_quota_of_some_pods_may_not_count_these(String spec) {
    String quota =
        "{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: %s, status: {hard: {pods: 0}}}";
    assertThat(exceeded(PodOfTest.object(quota.formatted(spec)))).isEmpty();
  }

  private static Optional<String> exceeded(KubeObject quota) {
    KubeObject web =
        PodOfTest.object("{apiVersion: apps/v1, kind: Deployment, spec: {replicas: 3}}");
    return QuotaOfAll.exceeded(web, POD, List.of(quota));
  }
}
