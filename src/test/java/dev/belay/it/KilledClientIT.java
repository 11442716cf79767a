package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Helm is killed while its record is {@code pending-*}: without Belay every later command meets
 * "another operation is in progress".
 */
class KilledClientIT {

  private static final String NEVER_READY = "image.name=example/shop-never-ready";

  /** Runs until Helm is killed. */
  private static final String HOOK =
      """
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: hook
        annotations: {helm.sh/hook: "post-rollback"}
      spec:
        template:
          spec: {restartPolicy: Never, containers: [{name: hook, image: a/never-ready}]}
      ---
      """;

  @Test
  void anUpgradeIsUndoneAndTheNextOneWorks() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      shortTimeout(shop);
      Map<String, KubeObject> good = shop.objects("deployments,configmaps,services");
      try (Running helm =
          Running.helm(
              shop,
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              NEVER_READY + ",greeting=Hello",
              "--wait")) {
        awaitImage(shop, "example/shop-never-ready:1.0");
        helm.kill();
      }
      assertThat(shop.history(Helm.HELM_4, "shop")).last().asString().contains("pending-upgrade");

      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(good, shop.objects("deployments,configmaps,services"));
      assertThat(shop.history(Helm.HELM_4, "shop"))
          .hasSize(2)
          .startsWith("1 deployed Install complete")
          .last()
          .asString()
          .startsWith("2 failed Helm left revision 2 pending-upgrade since ")
          .endsWith(": its client is gone");
      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--wait").succeeds();
      shop.awaitStable("shop", 3);
    }
  }

  @Test
  void aFirstInstallIsLeftButItsLockIsFreed() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      try (Running helm =
          Running.helm(
              shop,
              Helm.HELM_4,
              "install",
              "shop",
              TestNamespace.SHOP,
              "--set",
              NEVER_READY,
              "--wait")) {
        Awaitility.await("the gate has seen it")
            .atMost(TestNamespace.PATIENCE)
            .until(() -> shop.exists("release", "shop"));
        shortTimeout(shop);
        awaitImage(shop, "example/shop-never-ready:1.0");
        helm.kill();
      }
      Awaitility.await("the lock is freed")
          .atMost(TestNamespace.PATIENCE)
          .until(
              () ->
                  shop.history(Helm.HELM_4, "shop")
                      .getFirst()
                      .startsWith("1 failed Helm left revision 1 pending-install since "));
      shop.await(
          "shop", status -> status.path("conditions").toString().contains("NoStableRevision"));
      assertThat(shop.release("shop").at("/status/failure/reason").asText())
          .isEqualTo("ClientGone");
      shop.helm(
              Helm.HELM_4,
              "upgrade",
              "--install",
              "shop",
              TestNamespace.SHOP,
              "--reset-values",
              "--wait")
          .succeeds();
      shop.awaitStable("shop", 2);
    }
  }

  @Test
  void aRollbackIsUndoneAndTheNextUpgradeWorks() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = Chart.of(HOOK + Workloads.deployment("a/{{ .Values.image }}"));
      shop.helm(Helm.HELM_4, "install", "shop", chart, "--set", "image=one").succeeds();
      shop.awaitStable("shop", 1);
      shop.helm(Helm.HELM_4, "upgrade", "shop", chart, "--set", "image=two").succeeds();
      shop.awaitStable("shop", 2);
      shortTimeout(shop);
      try (Running helm = Running.helm(shop, Helm.HELM_4, "rollback", "shop", "1")) {
        awaitImage(shop, "a/one");
        helm.kill();
      }
      assertThat(shop.history(Helm.HELM_4, "shop")).last().asString().contains("pending-rollback");

      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(image(shop)).isEqualTo("a/two");
      assertThat(shop.history(Helm.HELM_4, "shop"))
          .hasSize(3)
          .last()
          .asString()
          .startsWith("3 failed Helm left revision 3 pending-rollback since ");
      shop.helm(Helm.HELM_4, "upgrade", "shop", chart, "--set", "image=three").succeeds();
      shop.awaitStable("shop", 4);
    }
  }

  /** A client counts as dead after twice this, and the time that it has to roll back itself. */
  private static void shortTimeout(TestNamespace shop) {
    shop.kubectl("annotate", "release", "shop", "belay.dev/timeout=6s").succeeds();
  }

  private static void awaitImage(TestNamespace shop, String image) {
    Awaitility.await(image).atMost(TestNamespace.PATIENCE).until(() -> image(shop).equals(image));
  }

  private static String image(TestNamespace shop) {
    return shop.kubectl(
            "get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[0].image}")
        .out();
  }
}
