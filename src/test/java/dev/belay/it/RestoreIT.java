package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every object of a release that failed is as it was, whatever its kind. */
class RestoreIT {

  private static final String KINDS =
      "serviceaccounts,roles,rolebindings,configmaps,secrets,services,poddisruptionbudgets,"
          + "networkpolicies,deployments,statefulsets,daemonsets,cronjobs,ingresses,"
          + "horizontalpodautoscalers,persistentvolumeclaims";

  @ParameterizedTest
  @EnumSource(Helm.class)
  void allKindsAreRestoredAddedObjectsGoAndRemovedOnesComeBack(Helm helm) throws Exception {
    try (TestNamespace namespace = TestNamespace.enforced()) {
      namespace.helm(helm, "install", "all", TestNamespace.EVERYTHING).succeeds();
      namespace.awaitStable("all", 1);
      Map<String, KubeObject> good = members(namespace);
      assertThat(good.keySet()).contains("ConfigMap/deleted", "Service/deleted");

      namespace
          .helm(helm, "upgrade", "all", TestNamespace.EVERYTHING, "--set", "bad=true")
          .succeeds();
      namespace.awaitCondition("all", "RolledBack", "True");

      Map<String, KubeObject> after = members(namespace);
      // A claim may hold data by now: it is the one thing that is kept.
      assertThat(after.remove("PersistentVolumeClaim/created")).isNotNull();
      assertThat(after.keySet()).isEqualTo(good.keySet());
      forgetAssigned(good, "Service/deleted");
      forgetAssigned(after, "Service/deleted");
      Sameness.assertSame(good, after);
      assertThat(namespace.release("all").at("/status/failure/message").asText())
          .startsWith("Deployment/app: ")
          .contains("example/missing:1");
      assertThat(namespace.history(helm, "all"))
          .last()
          .asString()
          .startsWith("3 deployed Rollback to 1: Deployment/app: ");
      assertThat(namespace.kubectl("get", "releases,events", "-o", "yaml").out())
          .doesNotContain("canary-");
      assertThat(namespace.helm(helm, "history", "all", "-o", "yaml").out())
          .doesNotContain("canary-");
      assertThat(BelayProcess.logged("canary-")).isEmpty();
      assertThat(BelayProcess.running().management("/q/metrics").body()).doesNotContain("canary-");

      namespace.helm(helm, "upgrade", "all", TestNamespace.EVERYTHING).succeeds();
      namespace.awaitStable("all", 4);
    }
  }

  @Test
  void aReleaseThatHelmLeftHalfAppliedIsRestored() {
    try (TestNamespace namespace = TestNamespace.enforced()) {
      namespace.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      namespace.awaitStable("shop", 1);
      Map<String, KubeObject> good = web(namespace);

      // Somebody else's field: Helm 4 changes what comes before, then meets a conflict.
      namespace.kubectl("scale", "deployment", "web", "--replicas=3").succeeds();
      namespace
          .kubectl(
              "patch",
              "hpa",
              "web",
              "--type=merge",
              "--field-manager=somebody",
              "-p",
              "{\"spec\":{\"maxReplicas\":7}}")
          .succeeds();
      namespace
          .helm(
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "greeting=Hello,hpa.max=9")
          .fails();
      namespace.awaitCondition("shop", "RolledBack", "True");

      assertThat(Sameness.content(web(namespace).get("ConfigMap/web")))
          .isEqualTo(Sameness.content(good.get("ConfigMap/web")));
      assertThat(namespace.history(Helm.HELM_4, "shop"))
          .hasSize(2)
          .first()
          .isEqualTo("1 deployed Install complete");
    }
  }

  @Test
  void aReleaseThatWasThereBeforeTheLabelGetsItsFirstRevision() {
    try (TestNamespace namespace = TestNamespace.unlabelled()) {
      namespace.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      namespace
          .helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", "greeting=Hi")
          .succeeds();
      namespace.mode("enforce");
      namespace.awaitStable("shop", 2);
      assertThat(namespace.release("shop").at("/status/stable/revision").asInt()).isEqualTo(1);
    }
  }

  @Test
  @Alone
  void aReleaseThatIsInstalledAgainStartsAnewAndUninstallingLeavesNothing() {
    try (TestNamespace namespace = TestNamespace.enforced()) {
      namespace.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      namespace.awaitStable("shop", 1);
      BelayProcess.shutDown();
      namespace.helm(Helm.HELM_4, "uninstall", "shop").succeeds();
      namespace
          .helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP, "--set", "greeting=Hi")
          .succeeds();
      String before = namespace.release("shop").at("/status/lineage").asText();
      BelayProcess.running();
      namespace.await(
          "shop",
          status ->
              !status.path("lineage").asText().equals(before)
                  && status.at("/stable/helmRevision").asInt() == 1);

      namespace.helm(Helm.HELM_4, "uninstall", "shop").succeeds();
      org.awaitility.Awaitility.await()
          .atMost(TestNamespace.PATIENCE)
          .until(() -> !namespace.exists("release", "shop"));
      assertThat(namespace.kubectl("get", "secrets", "-o", "name").out()).isEmpty();
    }
  }

  /** With Helm's own rollback there must be one, not two. */
  @Test
  void itYieldsToHelmsOwnRollback() {
    try (TestNamespace namespace = TestNamespace.enforced()) {
      namespace.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      namespace.awaitStable("shop", 1);

      namespace
          .helm(
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-never-ready",
              "--rollback-on-failure",
              "--timeout",
              "8s")
          .fails();
      namespace.awaitStable("shop", 3);

      assertThat(namespace.history(Helm.HELM_4, "shop"))
          .hasSize(3)
          .last()
          .isEqualTo("3 deployed Rollback to 1");
      assertThat(namespace.release("shop").path("status").has("rollback")).isFalse();
    }
  }

  private static Map<String, KubeObject> members(TestNamespace namespace) {
    Map<String, KubeObject> objects = namespace.objects(KINDS);
    objects
        .entrySet()
        .removeIf(
            entry ->
                !entry
                    .getValue()
                    .labels()
                    .getOrDefault("app.kubernetes.io/managed-by", "")
                    .equals("Helm"));
    return objects;
  }

  private static Map<String, KubeObject> web(TestNamespace namespace) {
    Map<String, KubeObject> objects =
        namespace.objects("deployments,services,configmaps,secrets,horizontalpodautoscalers");
    objects
        .keySet()
        .retainAll(
            Set.of(
                "Deployment/web",
                "Service/web",
                "ConfigMap/web",
                "Secret/web",
                "HorizontalPodAutoscaler/web"));
    return objects;
  }

  /** A Service that was deleted may get another address. */
  private static void forgetAssigned(Map<String, KubeObject> objects, String name) {
    objects
        .get(name)
        .json()
        .withObjectProperty("spec")
        .remove(java.util.List.of("clusterIP", "clusterIPs"));
  }

  /** Two bad upgrades in a row with {@code --history-max 1}: the record of the good one is gone. */
  @Test
  void whereHelmHasPrunedItsRecordOfWhatIsRestoredItIsSaid() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = Chart.of(Workloads.deployment("a/{{ .Values.image }}"));
      shop.helm(Helm.HELM_4, "install", "web", chart, "--set", "image=web:1").succeeds();
      shop.awaitStable("web", 1);
      for (String image : new String[] {"never-ready:2", "crashes:3"}) {
        shop.helm(
                Helm.HELM_4, "upgrade", "web", chart, "--history-max=1", "--set", "image=" + image)
            .succeeds();
        shop.await("web", status -> status.has("changeSet"));
      }
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(TestNamespace.message(shop.release("web").path("status")))
          .contains("Helm has pruned its record of the state that is live again");
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
    }
  }
}
