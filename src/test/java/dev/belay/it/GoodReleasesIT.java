package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is unusual and right: it is verified, and neither rolled back nor changed. */
class GoodReleasesIT {

  private static final String JOB =
      """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: migrate-{{ .Release.Revision }}}
      spec:
        ttlSecondsAfterFinished: 0
        template: {spec: {restartPolicy: Never, containers: [{name: c, image: "a:1"}]}}
      ---
      """;

  /** A Job that is deleted as soon as it has ended, which is before anything else is ready. */
  @ParameterizedTest
  @EnumSource(Helm.class)
  void aJobThatIsGoneWhenItIsDoneIsNotWaitedFor(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = Chart.of(JOB + Workloads.deployment("a/{{ .Values.image }}"));
      shop.helm(helm, "install", "web", chart, "--set", "image=web:1").succeeds();
      shop.awaitStable("web", 1);
      shop.helm(helm, "upgrade", "web", chart, "--set", "image=web:2").succeeds();
      shop.awaitStable("web", 2);
      assertThat(shop.kubectl("get", "jobs", "-o", "name").out()).isEmpty();
    }
  }

  /** Helm 4 applies on the server: of a field that is not in the chart nobody is the manager. */
  @ParameterizedTest
  @EnumSource(Helm.class)
  void whatHasBeenScaledStaysSoWhenAChangeFailsThatSaysNothingOfIt(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = Chart.of(Workloads.deployment("a/{{ .Values.image }}"));
      shop.helm(helm, "install", "web", chart, "--set", "image=web:1").succeeds();
      shop.awaitStable("web", 1);
      shop.kubectl("scale", "deployment", "web", "--replicas=4").succeeds();
      shop.kubectl("rollout", "status", "deployment", "web", "--timeout=60s").succeeds();

      shop.helm(helm, "upgrade", "web", chart, "--set", "image=crashes:2").succeeds();
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("deployment", "web").at("/spec/replicas").asInt()).isEqualTo(4);
      assertThat(shop.release("web").at("/status/failure/changes").toString())
          .contains("image")
          .doesNotContain("replicas");
    }
  }

  /** Each version of many a chart brings a Job of its own, and takes that of the last one away. */
  @ParameterizedTest
  @EnumSource(Helm.class)
  void aJobThatIsNotRunAgainIsNotWaitedForByARollback(Helm helm) {
    String job =
        """
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: "seed-{{ .Values.version }}"}
        spec: {template: {spec: {restartPolicy: Never, containers: [{name: seed, image: a/seed}]}}}
        """;
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = Chart.of(Workloads.deployment("a/{{ .Values.image }}") + job);
      shop.helm(helm, "install", "web", chart, "--set", "image=web,version=1").succeeds();
      shop.awaitStable("web", 1);
      shop.helm(helm, "upgrade", "web", chart, "--set", "image=crashes,version=2").succeeds();
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.objects("jobs,deployments")).containsOnlyKeys("Deployment/web");
    }
  }

  /** An autoscaler does so too: that there is no room for more does not come of the change. */
  @Test
  void whatIsScaledBeyondTheRoomMeanwhileIsNotWaitedFor() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart =
          Chart.of(
              Workloads.deployment("a/{{ .Values.image }}")
                  .replace(
                      "spec: {containers",
                      "spec: {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
                          + " [{labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}]}},"
                          + " containers"));
      shop.helm(Helm.HELM_4, "install", "web", chart, "--set", "image=web:1").succeeds();
      shop.awaitStable("web", 1);
      shop.helm(Helm.HELM_4, "upgrade", "web", chart, "--set", "image=slow:2").succeeds();
      shop.await("web", status -> status.at("/changeSet/settledAt").isTextual());
      shop.kubectl("scale", "deployment", "web", "--replicas=9").succeeds();
      shop.awaitStable("web", 2);
      assertThat(shop.get("deployment", "web").at("/status/availableReplicas").asInt())
          .isLessThan(9);
    }
  }

  /** What has become another release's is not changed by the rollback of the one that had it. */
  @Test
  void whatAnotherReleaseHasTakenOverIsItsOwn() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: shared}, data: {of: %s}}\n";
      String a = Chart.of(Workloads.deployment("a/web:1") + "---\n" + map.formatted("a"));
      shop.helm(Helm.HELM_4, "install", "a", a).succeeds();
      shop.awaitStable("a", 1);
      shop.helm(
              Helm.HELM_4,
              "install",
              "b",
              Chart.of(map.formatted("b")),
              "--take-ownership",
              "--force-conflicts")
          .succeeds();
      shop.awaitStable("b", 1);

      shop.kubectl("set", "image", "deployment/web", "web=a/crashes:2").succeeds();
      shop.await("a", status -> status.at("/rollback/finishedAt").isTextual());
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
      assertThat(shop.get("configmap", "shared").at("/data/of").asText()).isEqualTo("b");
      assertThat(shop.release("a").toString()).contains("Helm release b");
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void whatHelmIsToldToKeepIsNotDeletedWithTheChangeThatBroughtIt(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String secret =
          """
          ---
          {{- if .Values.more }}
          apiVersion: v1
          kind: Secret
          metadata: {name: {{ .Values.more }}, annotations: {helm.sh/resource-policy: keep}}
          {{- end }}
          """;
      String chart = Chart.of(Workloads.deployment("a/{{ .Values.image }}") + secret);
      shop.helm(helm, "install", "web", chart, "--set", "image=web:1,more=").succeeds();
      shop.awaitStable("web", 1);
      shop.helm(helm, "upgrade", "web", chart, "--set", "image=crashes:2,more=key").succeeds();
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.exists("secret", "key")).isTrue();
    }
  }

  @Test
  void theValuesOfASecretThatTheReleaseOnlyUsesAreNotTold() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      // As the Pods of the test's control plane say when they crash.
      shop.kubectl("create", "secret", "generic", "db", "--from-literal=word=connect to db")
          .succeeds();
      String chart =
          Chart.of(
              Workloads.deployment("a/{{ .Values.image }}")
                  .replace("{name: web,", "{name: web, envFrom: [{secretRef: {name: db}}],"));
      shop.helm(Helm.HELM_4, "install", "web", chart, "--set", "image=web:1").succeeds();
      shop.awaitStable("web", 1);
      shop.helm(Helm.HELM_4, "upgrade", "web", chart, "--set", "image=crashes:2").succeeds();
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.release("web").at("/status/failure/message").asText())
          .contains("exited 3: cannot (masked)");
      assertThat(
              shop.kubectl("get", "releases,events", "-o", "yaml").out()
                  + shop.history(Helm.HELM_4, "web"))
          .doesNotContain("connect to db");
    }
  }
}
