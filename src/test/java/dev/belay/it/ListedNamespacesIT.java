package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Belay with the rights of {@code rbac.namespaces}: all that it does there, and nothing elsewhere.
 */
@Alone
@Tag("long")
class ListedNamespacesIT {

  private static final String KINDS = "deployments,services,horizontalpodautoscalers";
  private static final String CRASHES = "image.name=example/shop-crashes,service.port=8080";
  private static final String ABSENT = "it-absent";

  @Test
  void theStoryIsToldInAListedNamespaceAndNoOtherIsTouched() throws IOException {
    try (TestNamespace shop = TestNamespace.enforcedWithoutBelay();
        TestNamespace other = TestNamespace.enforcedWithoutBelay();
        ListedRights rights = ListedRights.of(shop.name(), ABSENT).bind(shop.name())) {
      Instant begun = Instant.now();
      rights.start();
      install(other);
      install(shop);
      shop.awaitStable("shop", 1);
      Map<String, KubeObject> good = shop.objects(KINDS);

      assertThat(upgrade(shop, "hpa.target=-10").fails()).contains("preflight.belay.dev");
      assertThat(upgrade(other, "hpa.target=-10").fails()).doesNotContain("belay.dev");
      upgrade(other, CRASHES).succeeds();
      assertThat(autoscaler(shop).fails()).contains("early.belay.dev");
      assertThat(autoscaler(other).fails()).doesNotContain("belay.dev");

      upgrade(shop, CRASHES).succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(good, shop.objects(KINDS));
      assertThat(shop.history(Helm.HELM_4, "shop"))
          .last()
          .asString()
          .startsWith("3 deployed Rollback to 1: ");
      assertThat(other.kubectl("get", "releases.belay.dev", "-o", "name").succeeds().out())
          .isEmpty();
      assertThat(BelayProcess.once("verify", rights.settings()).succeeds().out())
          .contains("preflight.belay.dev is answered");
      BelayProcess.shutDown();
      assertThat(BelayProcess.once("cleanup", rights.settings()).succeeds().out())
          .contains("ValidatingWebhookConfiguration/belay is deleted.");
      assertThat(Audit.forbidden(begun)).isEmpty();
    }
  }

  @Test
  void oneThatComesIsTakenUpAndOneThatGoesStandsInTheWayOfNothing() throws IOException {
    TestNamespace later = new TestNamespace("it-later-" + ProcessHandle.current().pid());
    try (TestNamespace shop = TestNamespace.enforcedWithoutBelay();
        ListedRights rights = ListedRights.of(shop.name(), later.name()).bind(shop.name())) {
      rights.start();
      install(shop);
      shop.awaitStable("shop", 1);

      comes(later, rights);
      install(later);
      later.awaitStable("shop", 1);
      assertThat(upgrade(later, "hpa.target=-10").fails()).contains("preflight.belay.dev");

      TestNamespace.kubectlAnywhere("delete", "namespace", later.name()).succeeds();
      upgrade(shop, CRASHES).succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");

      comes(later, rights);
      install(later);
      later.awaitStable("shop", 1);
      later.close();
    }
  }

  /** A chart may bring what Belay may not even read: it is named, and stands in nobody's way. */
  @Test
  void whatIsOutsideIsLeftOutAndNothingIsRefusedForIt() throws IOException {
    try (TestNamespace shop = TestNamespace.enforcedWithoutBelay();
        TestNamespace other = TestNamespace.unlabelledWithoutBelay();
        ListedRights rights = ListedRights.of(shop.name()).bind(shop.name())) {
      assertThat(rights.namespaces()).doesNotContain(other.name());
      rights.start();
      String role = shop.name() + "-reader";
      helm(shop, "install", far(other, role, "example/shop:1.0", "get")).succeeds();
      shop.awaitStable("shop", 1);
      assertThat(shop.release("shop").at("/status/notCovered").toString())
          .contains(
              "ClusterRole/"
                  + role
                  + ": Belay may work in namespaces "
                  + shop.name()
                  + " only; empty")
          .contains("add " + other.name() + " to the chart's value rbac.namespaces");

      helm(shop, "upgrade", far(other, role, "example/shop-crashes:2.0", "list")).succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(
              shop.get("deployment", "web").at("/spec/template/spec/containers/0/image").asText())
          .isEqualTo("example/shop:1.0");
      TestNamespace.kubectlAnywhere("delete", "clusterrole", role).succeeds();
    }
  }

  private static void comes(TestNamespace later, ListedRights rights) {
    TestNamespace.kubectlAnywhere("create", "namespace", later.name()).succeeds();
    rights.bind(later.name());
    later.mode("enforce");
  }

  private static void install(TestNamespace namespace) {
    helm(namespace, "install", TestNamespace.SHOP).succeeds();
  }

  private static Command helm(TestNamespace namespace, String verb, String chart) {
    return namespace.helm(Helm.HELM_4, verb, "shop", chart);
  }

  private static Command upgrade(TestNamespace namespace, String values) {
    return namespace.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", values);
  }

  /** An autoscaler that the API server itself refuses, so that nobody has to. */
  private static Command autoscaler(TestNamespace namespace) {
    String manifest =
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: bad}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: -10
        """;
    return namespace.kubectl("create", "-f", TestNamespace.file(manifest));
  }

  private static String far(TestNamespace other, String role, String image, String verb) {
    return Chart.of(
        Shop.deployment("web", "shop", image, "web")
            + """
              ---
              apiVersion: v1
              kind: ConfigMap
              metadata: {name: web}
              ---
              apiVersion: v1
              kind: ConfigMap
              metadata: {name: far, namespace: %s}
              data: {verb: %s}
              ---
              apiVersion: rbac.authorization.k8s.io/v1
              kind: ClusterRole
              metadata: {name: %s}
              rules: [{apiGroups: [""], resources: [configmaps], verbs: [%s]}]
              """
                .formatted(other.name(), verb, role, verb));
  }
}
