package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What kubectl changes in a release of Helm that is at rest. */
class HelmEditsIT {

  private static final String KINDS =
      "deployments,services,configmaps,secrets,horizontalpodautoscalers";
  private static final String CRASH =
      "Deployment/web: container web exited 3: cannot connect to db";

  @ParameterizedTest
  @EnumSource(Helm.class)
  void aBadOneIsUndoneInAllObjectsAndHelmsHistoryIsAsItWas(Helm helm) {
    try (TestNamespace shop = installed(helm)) {
      Map<String, KubeObject> before = web(shop);
      patchGreeting(shop, "Broken");
      setImage(shop, "example/shop-crashes:2");
      shop.awaitCondition("shop", "RolledBack", "True");

      Sameness.assertSame(before, web(shop));
      assertThat(shop.history(helm, "shop")).containsExactly("1 deployed Install complete");
      JsonNode status = shop.release("shop").path("status");
      assertThat(TestNamespace.message(status))
          .isEqualTo(
              "The change of kubectl failed and was rolled back to stored revision 1: " + CRASH);
      assertThat(status.path("client").asText()).isEqualTo("kubectl");
      assertThat(status.at("/failure/sentBy").asText()).isEqualTo("kwok-admin");
      assertThat(status.at("/failure/changes").toString())
          .contains("ConfigMap/web: data.GREETING: Welcome → Broken")
          .contains("example/shop:1.0 → example/shop-crashes:2");
      assertThat(
              shop.kubectl("set", "image", "deployment/web", "web=example/shop-crashes:2").fails())
          .contains("this change of Deployment/web is the one that failed")
          .doesNotContain("Helm");

      shop.helm(helm, "upgrade", "shop", TestNamespace.SHOP, "--set", "image.tag=2.0").succeeds();
      shop.awaitStable("shop", 2);
      assertThat(shop.release("shop").at("/status/stable/revision").asInt()).isEqualTo(2);
      assertNoChangeBegan(shop, "Helm");
    }
  }

  @Test
  void aGoodOneIsTheNextStableRevisionAndABadUpgradeGoesBackToIt() {
    try (TestNamespace shop = installed(Helm.HELM_3)) {
      setImage(shop, "example/shop:by-hand");
      awaitRevision(shop, 2);
      shop.kubectl("scale", "deployment", "web", "--replicas=3").succeeds();
      shop.awaitJson("deployment", "web", web -> web.at("/status/readyReplicas").asInt() == 3);
      shop.kubectl("rollout", "restart", "deployment", "web").succeeds();
      awaitRevision(shop, 3);
      JsonNode status = shop.release("shop").path("status");
      assertThat(status.at("/stable/helmRevision").asInt()).isEqualTo(1);
      assertThat(status.path("judged").asInt()).isEqualTo(1);
      assertThat(TestNamespace.message(status))
          .isEqualTo("The change of kubectl is healthy; stored as revision 3");
      Map<String, KubeObject> before = web(shop);

      shop.helm(
              Helm.HELM_3,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-crashes,greeting=Hi")
          .succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(before, web(shop));
      assertThat(shop.history(Helm.HELM_3, "shop"))
          .containsExactly(
              "1 superseded Install complete",
              "2 failed " + CRASH,
              "3 deployed Rollback to 1: " + CRASH);

      // A change after the rollback is seen against what was restored, and nothing else is.
      patchGreeting(shop, "Hello");
      awaitRevision(shop, 4);
      assertThat(shop.release("shop").at("/status/stable/helmRevision").asInt()).isEqualTo(3);
      assertThat(changesBegun(shop)).as("image, restart, greeting").isEqualTo(3);
    }
  }

  @Test
  void oneThatOnlyTakesSomethingAwayIsSeenThoughNoObjectSaysWhoDidIt() {
    try (TestNamespace shop = installed(Helm.HELM_4)) {
      shop.kubectl(
              "patch",
              "deployment",
              "web",
              "--type=json",
              "-p",
              "[{\"op\": \"remove\", \"path\": \"/spec/template/spec/containers/0/resources\"}]")
          .succeeds();
      awaitRevision(shop, 2);
      assertThat(shop.release("shop").at("/status/client").asText()).isEqualTo("kubectl");
      shop.kubectl("delete", "service", "web").succeeds();
      awaitRevision(shop, 3);
      assertThat(shop.release("shop").at("/status/client").asText()).isEqualTo("unknown");
    }
  }

  /** Its newest writer is a controller, and its generation stays: no watch and no list told. */
  @Test
  void aLabelThatIsOnlyTakenAwayIsSeenToo() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart =
          Chart.of(
              Workloads.deployment("a/slow:1")
                  .replace("{name: web}", "{name: web, labels: {team: a}}"));
      shop.helm(Helm.HELM_4, "install", "web", chart).succeeds();
      shop.awaitStable("web", 1);
      shop.kubectl("label", "deployment", "web", "team-").succeeds();
      shop.await("web", status -> status.at("/stable/revision").asInt() == 2);
    }
  }

  @Test
  void whatSomebodyDeletesWhileItIsRestoredIsAChangeThatIsFollowed() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced();
        WriteStopper stopper = WriteStopper.ofRollbackIn(shop, 2)) {
      String map = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: alone}}\n";
      String chart = Chart.of(Workloads.deployment("a/{{ .Values.image }}") + map);
      shop.helm(Helm.HELM_4, "install", "web", chart, "--set", "image=web:1").succeeds();
      shop.awaitStable("web", 1);
      shop.helm(Helm.HELM_4, "upgrade", "web", chart, "--set", "image=crashes:2").succeeds();
      stopper.awaitReached();
      shop.kubectl("delete", "configmap", "alone").succeeds();
      stopper.release();
      Instant restored = Instant.now();
      shop.await("web", status -> status.at("/stable/revision").asInt() == 2);
      // The lists would have found it too, a minute or half an hour later.
      assertThat(Duration.between(restored, Instant.now())).isLessThan(Duration.ofSeconds(25));
    }
  }

  @Test
  void anUpgradeThatBeginsMeanwhileTakesItOverAndAllOfItIsUndone() {
    try (TestNamespace shop = installed(Helm.HELM_3)) {
      Map<String, KubeObject> before = web(shop);
      patchGreeting(shop, "Broken");
      setImage(shop, "example/shop-never-ready:2");
      shop.await("shop", status -> status.path("client").asText().equals("kubectl"));
      shop.helm(
              Helm.HELM_3,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-crashes")
          .succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(before, web(shop));
      assertThat(shop.history(Helm.HELM_3, "shop")).hasSize(3);
      assertThat(shop.release("shop").at("/status/failure/helmRevision").asInt()).isEqualTo(2);
    }
  }

  @Test
  void whereOneObjectIsRefusedTheOthersOfTheSameApplyAreRestored() {
    try (TestNamespace shop = installed(Helm.HELM_4)) {
      Map<String, KubeObject> before = web(shop);
      patchGreeting(shop, "Broken");
      assertThat(
              shop.kubectl("patch", "hpa", "web", "-p", "{\"spec\":{\"minReplicas\":9}}").fails())
          .contains("HorizontalPodAutoscaler/web of release shop is refused")
          .contains("put back");
      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(before, web(shop));
    }
  }

  @Test
  void whoOnlyObservesReadsTheCauseAndKeepsWhatWasSent() {
    try (TestNamespace shop = TestNamespace.observed()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      setImage(shop, "example/shop-crashes:2");
      shop.await(
          "shop", status -> TestNamespace.message(status).startsWith(CRASH + "; left as it is"));
      setImage(shop, "example/shop:3");
      awaitRevision(shop, 2);
    }
  }

  @Test
  void whereThePolicySaysManualItIsLeftUntilSomebodyRollsItBack() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(
          """
          apiVersion: belay.dev/v1alpha1
          kind: ReleasePolicy
          metadata: {name: shop}
          spec: {rollback: manual}
          """);
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      Map<String, KubeObject> before = web(shop);
      setImage(shop, "example/shop-crashes:2");
      shop.await("shop", status -> TestNamespace.reason(status).equals("RollbackManual"));
      shop.kubectl("annotate", "release", "shop", "belay.dev/rollback-to=1").succeeds();
      awaitRevision(shop, 2);
      Sameness.assertSame(before, web(shop));
    }
  }

  private static TestNamespace installed(Helm helm) {
    TestNamespace shop = TestNamespace.enforced();
    shop.helm(helm, "install", "shop", TestNamespace.SHOP).succeeds();
    shop.awaitStable("shop", 1);
    return shop;
  }

  private static void setImage(TestNamespace shop, String image) {
    shop.kubectl("set", "image", "deployment/web", "web=" + image).succeeds();
  }

  private static void patchGreeting(TestNamespace shop, String greeting) {
    shop.kubectl(
            "patch", "configmap", "web", "-p", "{\"data\":{\"GREETING\":\"" + greeting + "\"}}")
        .succeeds();
  }

  private static void awaitRevision(TestNamespace shop, int revision) {
    shop.await(
        "shop",
        status ->
            status.at("/stable/revision").asInt() == revision
                && TestNamespace.condition(status, "Released").equals("True"));
  }

  private static int changesBegun(TestNamespace shop) {
    return BelayProcess.logged("release " + shop.name() + "/shop: a change of ").size();
  }

  private static void assertNoChangeBegan(TestNamespace shop, String client) {
    assertThat(BelayProcess.logged("release " + shop.name() + "/shop: a change of " + client))
        .isEmpty();
  }

  private static Map<String, KubeObject> web(TestNamespace shop) {
    Map<String, KubeObject> objects = shop.objects(KINDS);
    objects.keySet().removeIf(name -> !name.endsWith("/web"));
    return objects;
  }
}
