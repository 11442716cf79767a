package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What `helm test` and an uninstall run: they judge an install, and end one without a trace. */
@Alone
@Tag("long")
class CleanupIT {

  @AfterEach
  void installAgain() {
    for (String webhooks : new String[] {"070-validating-webhooks", "071-mutating-webhooks"}) {
      Command applied =
          TestNamespace.kubectlAnywhere("create", "-f", "k8s/manifests/" + webhooks + ".yaml");
      assertThat(applied.code() == 0 || applied.err().contains("already exists"))
          .as(applied.err())
          .isTrue();
    }
    BelayProcess.shutDown();
  }

  @Test
  void nothingOfBelayIsLeftAtWorkOrOnWorkloads() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      assertThat(BelayProcess.once("verify").succeeds().out())
          .contains("preflight.belay.dev is answered at 127.0.0.1:");

      try (Running helm =
          Running.helm(
              shop,
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-crashes",
              "--wait")) {
        shop.awaitJson("deployment", "web", CleanupIT::crashes);
        helm.kill();
      }
      shop.awaitJson("deployment", "web", CleanupIT::isStalled);
      BelayProcess.kill();

      String said = BelayProcess.once("cleanup").succeeds().out();
      assertThat(said)
          .contains(
              "ValidatingWebhookConfiguration/belay is deleted.",
              "MutatingWebhookConfiguration/belay is deleted.",
              "Stalled is taken from Deployment/web in " + shop.name() + ".");
      assertThat(isStalled(shop.get("deployment", "web"))).isFalse();
      assertThat(shop.exists("release", "shop")).isTrue();
      assertThat(shop.kubectl("get", "secrets").out()).contains("belay.revision.shop");
      assertThat(BelayProcess.once("verify").fails())
          .contains("ValidatingWebhookConfiguration/belay is not installed");
      assertThat(BelayProcess.once("cleanup").succeeds().out()).doesNotContain("Stalled is taken");
    }
  }

  /** A half removed Belay has to go like a whole one. */
  @Test
  void itEndsWellWithoutTheDefinitionOfReleases() {
    BelayProcess.shutDown();
    TestNamespace.kubectlAnywhere("delete", "crd", "releases.belay.dev").succeeds();
    try {
      assertThat(BelayProcess.once("cleanup").succeeds().out())
          .contains("MutatingWebhookConfiguration/belay is deleted.", "no Releases any more");
    } finally {
      TestNamespace.kubectlAnywhere("create", "-f", "k8s/manifests/010-crd-releases.yaml")
          .succeeds();
      TestNamespace.awaitEstablished("releases.belay.dev");
    }
  }

  /** Nobody finishes it there, so nobody waits for it. */
  @Test
  void aRollbackInANamespaceWithoutTheLabelHoldsUpNothing() {
    try (TestNamespace shop = TestNamespace.unlabelled()) {
      BelayProcess.shutDown();
      shop.kubectl(
              "create",
              "-f",
              TestNamespace.file(
                  """
                  apiVersion: belay.dev/v1alpha1
                  kind: Release
                  metadata: {name: shop}
                  """))
          .succeeds();
      shop.kubectl(
              "patch",
              "release",
              "shop",
              "--subresource=status",
              "--type=merge",
              "-p",
              "{\"status\": {\"rollback\": {\"id\": \"a\", \"toRevision\": 1, \"startedAt\": \"2026-11-01T10:00:00Z\"}}}")
          .succeeds();
      assertThat(BelayProcess.once("cleanup").succeeds().out()).contains("are kept");
    }
  }

  /** A watcher that still works would go on writing: it is named, and nothing is pretended. */
  @Test
  void itDoesNotEndWellWhileAWatcherLeads() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      assertThat(BelayProcess.once("cleanup").fails())
          .contains("a watcher still holds Lease/belay-watcher in belay-system after 36 s");
      assertThat(shop.kubectl("get", "pods").code()).isZero();
    }
  }

  private static boolean crashes(JsonNode deployment) {
    return deployment
        .at("/spec/template/spec/containers/0/image")
        .asText()
        .startsWith("example/shop-crashes");
  }

  private static boolean isStalled(JsonNode deployment) {
    for (JsonNode condition : deployment.at("/status/conditions")) {
      if (condition.path("type").asText().equals("Stalled")) {
        return true;
      }
    }
    return false;
  }
}
