package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A release that has never been healthy: there is nothing to go back to. */
class FirstInstallIT {

  @Test
  void whatIsUninstalledBeforeItsVerdictIsForgottenThoughItsHistoryIsKept() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = Chart.of(Workloads.deployment("a/never-ready:1"));
      shop.helm(Helm.HELM_4, "install", "web", chart).succeeds();
      shop.await("web", status -> TestNamespace.reason(status).equals("Verifying"));
      shop.helm(Helm.HELM_4, "uninstall", "web", "--keep-history").succeeds();
      Awaitility.await("no Release")
          .atMost(TestNamespace.PATIENCE)
          .until(() -> !shop.exists("release.belay.dev", "web"));
    }
  }

  @Test
  void whatIsNotCoveredIsNamedThoughNothingWasEverHealthy() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart =
          Chart.of(
              "{apiVersion: v1, kind: ConfigMap, metadata: {name: mine}}\n---\n"
                  + Workloads.deployment("a/crashes:1"));
      shop.helm(Helm.HELM_4, "install", "web", chart).succeeds();
      shop.kubectl(
              "annotate", "configmap", "mine", "meta.helm.sh/release-name=other", "--overwrite")
          .succeeds();
      shop.await("web", status -> TestNamespace.reason(status).equals("NoStableRevision"));
      assertThat(shop.release("web").at("/status/notCovered/0").asText())
          .isEqualTo("ConfigMap/mine: Helm release other has taken it over");
      assertThat(TestNamespace.message(shop.release("web").path("status")))
          .contains("1 of its objects left out");
    }
  }

  /** Between two crashes its container is ready, as one without a readiness probe always is. */
  @Test
  void aCrashLoopIsSaidOnceAndWhatGetsReadyAfterAllIsVerified() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String chart = Chart.of(Workloads.deployment("a/crashes:1"));
      shop.helm(Helm.HELM_4, "install", "web", chart).succeeds();
      shop.await("web", status -> TestNamespace.reason(status).equals("NoStableRevision"));
      Awaitility.await("the last restart")
          .atMost(TestNamespace.PATIENCE)
          .until(
              () ->
                  shop.kubectl(
                          "get",
                          "pods",
                          "-o",
                          "jsonpath={.items[*].status.containerStatuses[*].restartCount}")
                      .out()
                      .equals("5"));
      // From here on it only waits, in a crash loop: whatever was to be said has been said.
      shop.await("web", status -> TestNamespace.reason(status).equals("NoStableRevision"));
      assertThat(
              shop.kubectl(
                      "get",
                      "events",
                      "--field-selector=reason=NoStableRevision",
                      "-o",
                      "jsonpath={range .items[*]}{.message}{end}")
                  .out())
          .containsOnlyOnce("left as it is");

      shop.kubectl("set", "image", "deployment/web", "web=a/web:1").succeeds();
      shop.awaitStable("web", 1);
    }
  }
}
