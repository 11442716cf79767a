package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A claim that a failed upgrade has deleted, and what was in it. */
class DeletedClaimIT {

  private static final String CHART =
      Chart.of(
          """
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: web}
          spec:
            selector: {matchLabels: {app: web}}
            template:
              metadata: {labels: {app: web}}
              spec:
                containers: [{name: web, image: 'example/{{ .Values.image }}'}]
                {{- if eq .Values.data "used" }}
                volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
                {{- end }}
          {{- if .Values.data }}
          ---
          apiVersion: v1
          kind: PersistentVolumeClaim
          metadata: {name: data}
          spec:
            storageClassName: {{ .Release.Namespace }}
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 1Gi}}
          {{- end }}
          """);

  @Test
  void aVolumeThatIsKeptIsWaitedFor() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      volume(shop, "v1", "Retain");
      upgradedWithout(shop, "unused");
      shop.await(
          "shop", status -> TestNamespace.message(status).contains(giveBack(shop.name() + "-v1")));
      giveBack(shop, "v1");
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(claim(shop, "/status/phase")).isEqualTo("Bound");
      assertThat(claim(shop, "/spec/volumeName")).isEqualTo(shop.name() + "-v1");
    }
  }

  @Test
  void oneThatIsNotKeptIsReplacedByAnEmptyOneAndThatIsTold() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      volume(shop, "v1", "Delete");
      shop.helm(Helm.HELM_4, "install", "shop", CHART, "--set", "image=shop:1,data=unused")
          .succeeds();
      shop.awaitStable("shop", 1);
      volume(shop, "v2", "Delete");
      shop.helm(Helm.HELM_4, "upgrade", "shop", CHART, "--set", "image=shop-crashes:2,data=")
          .succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      shop.awaitJson(
          "pvc", "data", read -> read.at("/spec/volumeName").asText().equals(shop.name() + "-v2"));
      assertThat(shop.kubectl("get", "events", "-o", "yaml").out().replaceAll("\\s+", " "))
          .contains(
              "PersistentVolumeClaim/data: the failed change has deleted it, and its volume %s-v1 with what was in it is not kept"
                  .formatted(shop.name()));
    }
  }

  /**
   * It can't be taken back, nor made anew before its last Pod is gone: nothing else waits for it.
   */
  @Test
  void whileAPodUsesItAllElseIsRestored() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      volume(shop, "v1", "Retain");
      upgradedWithout(shop, "used");
      shop.await(
          "shop",
          status ->
              TestNamespace.message(status)
                  .contains(
                      "kubectl patch pv %s-v1 -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'"
                          .formatted(shop.name())));
      assertThat(shop.get("deployment", "web").toString()).contains("example/shop:1");
      shop.kubectl("delete", "pods", "-l", "app=web", "--wait=false").succeeds();
      shop.await(
          "shop", status -> TestNamespace.message(status).contains(giveBack(shop.name() + "-v1")));
      giveBack(shop, "v1");
      shop.awaitCondition("shop", "RolledBack", "True");
    }
  }

  private static void upgradedWithout(TestNamespace shop, String data) {
    shop.helm(Helm.HELM_4, "install", "shop", CHART, "--set", "image=shop:1,data=" + data)
        .succeeds();
    shop.awaitStable("shop", 1);
    assertThat(claim(shop, "/status/phase")).isEqualTo("Bound");
    shop.helm(Helm.HELM_4, "upgrade", "shop", CHART, "--set", "image=shop-crashes:2,data=")
        .succeeds();
  }

  private static String claim(TestNamespace shop, String field) {
    return shop.get("pvc", "data").at(field).asText();
  }

  private static String giveBack(String volume) {
    return "kubectl patch pv %s --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/claimRef/uid\"}]'"
        .formatted(volume);
  }

  /** As the message says. */
  private static void giveBack(TestNamespace shop, String volume) {
    TestNamespace.kubectlAnywhere(
            "patch",
            "pv",
            shop.name() + "-" + volume,
            "--type=json",
            "-p",
            "[{\"op\":\"remove\",\"path\":\"/spec/claimRef/uid\"}]")
        .succeeds();
  }

  private static void volume(TestNamespace shop, String name, String reclaimPolicy) {
    TestNamespace.kubectlAnywhere(
            "apply",
            "-f",
            TestNamespace.file(
                """
                apiVersion: v1
                kind: PersistentVolume
                metadata: {name: %1$s-%2$s}
                spec:
                  storageClassName: %1$s
                  persistentVolumeReclaimPolicy: %3$s
                  capacity: {storage: 1Gi}
                  accessModes: [ReadWriteOnce]
                  hostPath: {path: /nowhere}
                """
                    .formatted(shop.name(), name, reclaimPolicy)))
        .succeeds();
  }
}
