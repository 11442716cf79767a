package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** What becomes of a release whose rollback has failed. */
class FailedRollbackIT {

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: %s}
      spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: %s}]}
      """;

  /** Its old Pods are gone before there are new ones. */
  private static final String WEB =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        strategy: {type: Recreate}
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: web, image: 'example/{{ .Values.image }}'}]}
      """;

  @Test
  void whatIsPutRightByHandIsNotUndoneAndIsStableOnceItIsReady() {
    int before = FreeNumbers.nodePort();
    int after = FreeNumbers.nodePort();
    try (TestNamespace shop = TestNamespace.enforced();
        TestNamespace other = TestNamespace.unlabelled()) {
      String chart = Chart.of(WEB + "---\n" + SERVICE.formatted("web", "{{ .Values.nodePort }}"));
      helm(shop, "install", chart, "image=shop:1,nodePort=" + before);
      shop.awaitStable("shop", 1);
      helm(shop, "upgrade", chart, "image=shop-never-ready:2,nodePort=" + after);
      other.apply(SERVICE.formatted("thief", before));
      setImage(shop, "shop-crashes:2");
      awaitReason(shop, "RollbackFailed");
      assertThat(status(shop).path("nextStep").asText())
          .contains("belay.dev/rollback-to=1")
          .contains("is not undone, and is verified once it is ready");

      setImage(shop, "shop-crashes:3");
      shop.await(
          "shop",
          status ->
              TestNamespace.message(status)
                  .equals(
                      "after a rollback that failed, this is not ready either: Deployment/web:"
                          + " container web exited 3: cannot connect to db; left as it is"));
      assertThat(shop.get("deployment", "web").toString()).contains("example/shop-crashes:3");
      assertThat(status(shop).at("/failure/helmRevision").asInt())
          .as("the first cause")
          .isEqualTo(2);

      setImage(shop, "shop:4");
      shop.await("shop", status -> status.at("/stable/revision").asInt() == 2);
      assertThat(TestNamespace.message(status(shop)))
          .isEqualTo("The change of kubectl is healthy; stored as revision 2");
      setImage(shop, "shop-crashes:5");
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.get("deployment", "web").toString()).contains("example/shop:4");
    }
  }

  @Test
  void whatAFinalizerHoldsIsNotRolledBackUntilItIsGone() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String held =
          """
          ---
          {{- if .Values.held }}
          {apiVersion: v1, kind: ConfigMap, metadata: {name: held, finalizers: [example.com/hold]}}
          {{- end }}
          """;
      String chart = Chart.of(WEB + held);
      helm(shop, "install", chart, "image=shop:1,held=");
      shop.awaitStable("shop", 1);
      shop.kubectl("annotate", "release", "shop", "belay.dev/timeout=6s").succeeds();
      helm(shop, "upgrade", chart, "image=shop-crashes:2,held=yes");
      awaitReason(shop, "RollbackFailed");
      // Longer than until it is looked at again.
      for (String other : new String[] {"one", "two", "three"}) {
        shop.apply(Shop.deployment(other, other, "example/shop:1", other));
        shop.awaitCondition(other, "Released", "True");
      }
      assertThat(TestNamespace.reason(status(shop))).isEqualTo("RollbackFailed");
      shop.kubectl("patch", "configmap", "held", "-p", "{\"metadata\":{\"finalizers\":null}}")
          .succeeds();
      awaitReason(shop, "RolledBack");
    }
  }

  @Test
  void whatIsRestoredAndGetsReadyTooLateIsRolledBackAfterAll() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = Chart.of(WEB);
      helm(shop, "install", chart, "image=shop:1");
      shop.awaitStable("shop", 1);
      shop.kubectl("annotate", "release", "shop", "belay.dev/timeout=8s").succeeds();
      helm(shop, "upgrade", chart, "image=shop-never-ready:2");
      shop.awaitJson("deployment", "web", web -> web.at("/status/updatedReplicas").asInt() == 1);
      shop.kubectl("create", "quota", "none", "--hard=pods=0").succeeds();
      awaitReason(shop, "RollbackFailed");
      assertThat(TestNamespace.message(status(shop)))
          .contains("restored, but not ready within 8 s");

      shop.kubectl("delete", "quota", "none").succeeds();
      // The controller would try again some time later.
      shop.kubectl("label", "replicaset", "--all", "again=yes").succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      JsonNode status = status(shop);
      assertThat(TestNamespace.reason(status)).isEqualTo("RolledBack");
      assertThat(status.at("/stable/revision").asInt()).isEqualTo(1);
      assertThat(status.at("/failure/helmRevision").asInt()).isEqualTo(2);
      assertThat(status.has("changeSet")).isFalse();
    }
  }

  private static void helm(TestNamespace shop, String verb, String chart, String values) {
    shop.helm(Helm.HELM_4, verb, "shop", chart, "--set", values).succeeds();
  }

  private static void setImage(TestNamespace shop, String image) {
    shop.kubectl("set", "image", "deployment/web", "web=example/" + image).succeeds();
  }

  private static void awaitReason(TestNamespace shop, String reason) {
    shop.await("shop", status -> TestNamespace.reason(status).equals(reason));
  }

  private static JsonNode status(TestNamespace shop) {
    return shop.release("shop").path("status");
  }
}
