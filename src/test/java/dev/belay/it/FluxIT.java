package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A release that Flux's helm-controller applies, played by Helm with the labels that
 * helm-controller adds: its records are compared with what it remembers of them, and stay as it
 * wrote them.
 */
class FluxIT {

  private static final String KINDS = "deployments,services,configmaps,horizontalpodautoscalers";
  private static final String LABELS =
      "helm.toolkit.fluxcd.io/name: shop\nhelm.toolkit.fluxcd.io/namespace: flux-system";
  private static final String BAD = "image.name=example/shop-crashes,greeting=Broken";

  @ParameterizedTest
  @EnumSource(Helm.class)
  void itsObjectsAreRestoredAndItsRecordsStayAsTheyWere(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = installed(shop, helm);
      Map<String, KubeObject> before = web(shop);
      shop.helm(helm, "upgrade", "shop", chart, "--set", BAD).succeeds();
      Map<String, String> records = records(shop);
      shop.awaitCondition("shop", "RolledBack", "True");

      Sameness.assertSame(before, web(shop));
      assertThat(records(shop)).isEqualTo(records);
      assertThat(shop.history(helm, "shop"))
          .containsExactly("1 superseded Install complete", "2 deployed Upgrade complete");
      JsonNode status = shop.release("shop").path("status");
      assertThat(status.path("client").asText()).isEqualTo("Flux");
      assertThat(TestNamespace.message(status))
          .startsWith("Helm revision 2 failed and was rolled back to stored revision 1: ")
          .endsWith("Helm's history is Flux's, and stays as Flux left it");
      assertThat(status.path("nextStep").asText())
          .contains("the source that Flux applies")
          .contains("it is refused until");

      // What Flux does when it upgrades again, or corrects what it takes for drift.
      assertThat(shop.helm(helm, "upgrade", "shop", chart, "--set", BAD).fails())
          .contains("this upgrade is the one that failed as Helm revision 2");
      assertThat(correctDrift(shop, helm).fails())
          .contains("this change of Deployment/web is the one that failed as Helm revision 2");
      awaitGreeting(shop, "Welcome");
      assertThat(content(web(shop))).isEqualTo(content(before));
      assertThat(correctDrift(shop, helm).fails()).contains("ConfigMap/web is part of the one");
      assertThat(content(web(shop))).isEqualTo(content(before));
      assertThat(records(shop)).isEqualTo(records);

      // As helm-controller does: here Helm and the correction of drift call themselves differently.
      String force = helm == Helm.HELM_4 ? "--force-conflicts" : "--debug";
      shop.helm(helm, "upgrade", "shop", chart, "--set", "greeting=Good", force).succeeds();
      shop.awaitStable("shop", 3);
      assertThat(shop.release("shop").at("/status/stable/revision").asInt()).isEqualTo(2);
    }
  }

  @Test
  void aRecordThatIsLeftPendingIsFluxsToFree() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = installed(shop, Helm.HELM_4);
      shop.kubectl("annotate", "release", "shop", "belay.dev/timeout=6s").succeeds();
      Map<String, KubeObject> before = web(shop);
      try (Running helm =
          Running.helm(
              shop,
              Helm.HELM_4,
              "upgrade",
              "shop",
              chart,
              "--set",
              "image.name=example/shop-never-ready",
              "--wait")) {
        shop.awaitJson(
            "deployment", "web", web -> web.toString().contains("example/shop-never-ready"));
        helm.kill();
      }
      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(before, web(shop));
      assertThat(shop.history(Helm.HELM_4, "shop"))
          .containsExactly("1 deployed Install complete", "2 pending-upgrade Preparing upgrade");
    }
  }

  @Test
  void whatSomebodyAskedForIsRestoredAndVerifiedBesideItsRecords() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = installed(shop, Helm.HELM_4);
      Map<String, KubeObject> first = web(shop);
      shop.helm(Helm.HELM_4, "upgrade", "shop", chart, "--set", "greeting=Hi").succeeds();
      shop.awaitStable("shop", 2);
      Map<String, String> records = records(shop);
      shop.kubectl("annotate", "release", "shop", "belay.dev/rollback-to=1").succeeds();
      shop.await(
          "shop",
          status ->
              status.at("/stable/revision").asInt() == 3
                  && TestNamespace.condition(status, "Ready").equals("True"));
      Sameness.assertSame(first, web(shop));
      assertThat(records(shop)).isEqualTo(records);
    }
  }

  private static String installed(TestNamespace shop, Helm helm) {
    String chart = Chart.shopWith(LABELS);
    shop.helm(helm, "install", "shop", chart).succeeds();
    shop.awaitStable("shop", 1);
    return chart;
  }

  /** As helm-controller with drift detection: what its newest record says, object by object. */
  private static Command correctDrift(TestNamespace shop, Helm helm) {
    String manifest =
        TestNamespace.file(shop.helm(helm, "get", "manifest", "shop").succeeds().out());
    return shop.kubectl(
        "apply",
        "--server-side",
        "--force-conflicts",
        "--field-manager=helm-controller",
        "-f",
        manifest);
  }

  private static void awaitGreeting(TestNamespace shop, String greeting) {
    Awaitility.await(greeting)
        .atMost(TestNamespace.PATIENCE)
        .until(
            () ->
                shop.kubectl("get", "configmap", "web", "-o", "jsonpath={.data.GREETING}")
                    .out()
                    .equals(greeting));
  }

  /** The resourceVersion of each of Helm's records: the same means that nobody wrote it. */
  private static Map<String, String> records(TestNamespace shop) {
    Map<String, String> versions = new TreeMap<>();
    shop.objects("secrets")
        .forEach(
            (name, secret) -> {
              if (name.startsWith("Secret/sh.helm.release.")) {
                versions.put(name, secret.resourceVersion());
              }
            });
    return versions;
  }

  private static Map<String, JsonNode> content(Map<String, KubeObject> objects) {
    Map<String, JsonNode> content = new TreeMap<>();
    objects.forEach((name, object) -> content.put(name, Sameness.content(object)));
    return content;
  }

  private static Map<String, KubeObject> web(TestNamespace shop) {
    Map<String, KubeObject> objects = shop.objects(KINDS);
    objects.keySet().removeIf(name -> !name.endsWith("/web"));
    return objects;
  }
}
