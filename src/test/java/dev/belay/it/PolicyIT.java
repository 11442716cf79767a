package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people set: a policy for their releases, and a rollback that they ask for. */
class PolicyIT {

  @ParameterizedTest
  @ValueSource(strings = {"Helm", "kubectl"})
  void aTimeoutThatCanNotBeReadIsToldOnTheRelease(String client) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String objects = Workloads.deployment("a/web:1");
      if (client.equals("Helm")) {
        shop.helm(Helm.HELM_4, "install", "web", Chart.of(objects)).succeeds();
      } else {
        shop.apply(objects);
      }
      shop.awaitCondition("web", "Released", "True");
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=5 minutes").succeeds();
      shop.await(
          "web",
          status ->
              status
                  .path("ignored")
                  .asText()
                  .startsWith("its annotation belay.dev/timeout is \"5 minutes\""));
      Awaitility.await("the Event")
          .atMost(TestNamespace.PATIENCE)
          .until(
              () ->
                  shop.kubectl(
                          "get",
                          "events",
                          "--field-selector=reason=Ignored",
                          "-o",
                          "jsonpath={.items[*].message}")
                      .out()
                      .contains("is no duration from 1s to 168h, such as 90s or 10m"));
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=5m", "--overwrite").succeeds();
      shop.await("web", status -> !status.has("ignored"));
    }
  }

  /** With such a time each change would fail at once, or never. */
  @ParameterizedTest
  @ValueSource(strings = {"", "0s", "0h0m0s", "-5m", "five minutes", "300", "9999h", "99999h"})
  void aTimeThatNobodyCanHaveMeantIsRefusedByTheApiServer(String time) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String spec = "{timeout: \"%1$s\", soak: \"%1$s\", quiet: \"%1$s\"}".formatted(time);
      String said =
          "Invalid value: \"%s\": must be a duration from 1s to %s, such as 90s, 10m or 1h30m";
      assertThat(shop.kubectl("apply", "-f", TestNamespace.file(manifest(spec))).fails())
          .contains(
              "spec.timeout: " + said.formatted(time, "168h"),
              "spec.soak: " + said.formatted(time, "24h"),
              "spec.quiet: " + said.formatted(time, "24h"));
    }
  }

  private static final String KINDS = "deployments,services,configmaps,horizontalpodautoscalers";

  @Test
  void whereThePolicySaysManualItIsLeftUntilSomebodyRollsItBack() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      policy(shop, "{releases: [shop], rollback: manual, rules: {}}");
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      Map<String, KubeObject> before = shop.objects(KINDS);

      upgrade(shop, "image.name=example/shop-crashes");
      shop.await("shop", status -> TestNamespace.reason(status).equals("RollbackManual"));
      JsonNode status = shop.release("shop").path("status");
      assertThat(status.path("nextStep").asText()).contains("belay.dev/rollback-to=1");
      assertThat(shop.get("deployment", "web").toString()).contains("example/shop-crashes");

      rollbackTo(shop, "1");
      shop.awaitStable("shop", 3);
      Sameness.assertSame(before, shop.objects(KINDS));
      assertThat(shop.history(Helm.HELM_4, "shop"))
          .containsExactly(
              "1 superseded Install complete",
              "2 failed Deployment/web: container web exited 3: cannot connect to db",
              "3 deployed Rollback to 1: asked for");
      assertThat(shop.release("shop").path("status").toString())
          .doesNotContain("Helm has rolled back")
          .doesNotContain("\"failure\"");
      assertThat(shop.release("shop").at("/metadata/annotations").has("belay.dev/rollback-to"))
          .isFalse();
      upgrade(shop, "greeting=Hi");
      shop.awaitStable("shop", 4);
    }
  }

  @Test
  void aHealthyReleaseGoesBackAndHasToProveItselfThere() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_3, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      Map<String, KubeObject> first = shop.objects(KINDS);
      shop.helm(Helm.HELM_3, "upgrade", "shop", TestNamespace.SHOP, "--set", "greeting=Hi")
          .succeeds();
      shop.awaitStable("shop", 2);
      rollbackTo(shop, "1");
      shop.awaitStable("shop", 3);
      Sameness.assertSame(first, shop.objects(KINDS));
      assertThat(shop.release("shop").at("/status/stable/revision").asInt()).isEqualTo(3);
      assertThat(shop.history(Helm.HELM_3, "shop"))
          .containsExactly(
              "1 superseded Install complete",
              "2 superseded Upgrade complete",
              "3 deployed Rollback to 1: asked for");
      shop.helm(Helm.HELM_3, "upgrade", "shop", TestNamespace.SHOP, "--set", "greeting=Hey")
          .succeeds();
      shop.awaitStable("shop", 4);
    }
  }

  @Test
  void whatCanNotBeRolledBackToIsSaidInAnEvent() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      rollbackTo(shop, "7");
      org.awaitility.Awaitility.await()
          .until(
              () ->
                  shop.kubectl("describe", "release", "shop")
                      .out()
                      .contains("it is none of the stored revisions [1]"));
      assertThat(shop.release("shop").at("/metadata/annotations").has("belay.dev/rollback-to"))
          .isFalse();
      assertThat(shop.history(Helm.HELM_4, "shop")).hasSize(1);
    }
  }

  @Test
  void whatKubectlAppliedGoesBackToo() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      awaitRevision(shop, 1);
      Map<String, KubeObject> first = shop.objects(KINDS);
      shop.kubectl("apply", "-f", new Shop("shop:2", "Hi", 80).folder()).succeeds();
      awaitRevision(shop, 2);
      rollbackTo(shop, "1");
      awaitRevision(shop, 3);
      Sameness.assertSame(first, shop.objects(KINDS));
    }
  }

  @Test
  void whatKubectlBrokeIsRolledBackByHandToTheStableRevision() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      policy(shop, "{rollback: manual}");
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      awaitRevision(shop, 1);
      Map<String, KubeObject> first = shop.objects(KINDS);
      shop.kubectl("apply", "-f", new Shop("shop-crashes:2", "Broken", 80).folder()).succeeds();
      shop.await("shop", status -> TestNamespace.reason(status).equals("RollbackManual"));
      rollbackTo(shop, "1");
      awaitRevision(shop, 2);
      Sameness.assertSame(first, shop.objects(KINDS));
      assertThat(shop.release("shop").path("status").has("failure")).isFalse();
    }
  }

  @Test
  void theSeverityOfARuleIsSet() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      policy(shop, "{rules: {service-selects-nothing: deny}}");
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      String lost =
          Chart.of(
              "{apiVersion: v1, kind: Service, metadata: {name: lost}, spec: {selector: {app: none}, ports: [{port: 80}]}}");
      assertThat(shop.helm(Helm.HELM_4, "install", "lost", lost).fails())
          .contains("[service-selects-nothing]")
          .contains("nothing of it was applied");
    }
  }

  @Test
  void aPolicyThatMakesNoSenseIsRefusedWithTheField() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      assertThat(
              shop.kubectl("apply", "-f", TestNamespace.file(manifest("{timeout: soon}"))).fails())
          .contains("spec.timeout")
          .contains("90s, 10m or 1h30m");
      assertThat(
              shop.kubectl("apply", "-f", TestNamespace.file(manifest("{rollback: never}")))
                  .fails())
          .contains("spec.rollback");
    }
  }

  private static void awaitRevision(TestNamespace shop, int revision) {
    shop.await(
        "shop",
        status ->
            status.at("/stable/revision").asInt() == revision
                && TestNamespace.condition(status, "Ready").equals("True"));
  }

  private static void rollbackTo(TestNamespace shop, String revision) {
    shop.kubectl("annotate", "release", "shop", "belay.dev/rollback-to=" + revision).succeeds();
  }

  private static void upgrade(TestNamespace shop, String value) {
    shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", value).succeeds();
  }

  private static void policy(TestNamespace shop, String spec) {
    shop.apply(manifest(spec));
  }

  private static String manifest(String spec) {
    return "{apiVersion: belay.dev/v1alpha1, kind: ReleasePolicy, metadata: {name: all}, spec: %s}"
        .formatted(spec);
  }
}
