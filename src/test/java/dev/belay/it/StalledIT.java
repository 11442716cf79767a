package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.readiness.StalledCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that waits is told of a failure at once, and whoever is asked to rolls back: one. */
class StalledIT {

  private static final String CAUSE = "container web exited 3: cannot connect to db";
  private static final String CRASHES = "image.name=example/shop-crashes";
  private static final String WORKLOADS =
      "deployments,statefulsets,daemonsets,replicasets,pods,persistentvolumeclaims";

  /** Helm's timeout is {@code 2m}: whoever does not hear of the failure ends later than this. */
  private static final Duration AT_ONCE = Duration.ofSeconds(90);

  @Test
  void aWaitingUpgradeEndsWithTheCauseAndBelayRollsBack() {
    try (TestNamespace shop = installed()) {
      String said = upgrade(shop, Helm.HELM_4, "--set", CRASHES, "--wait", "--timeout", "2m");
      assertThat(said).contains("Deployment/" + shop.name() + "/web not ready", CAUSE);

      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.history(Helm.HELM_4, "shop"))
          .containsExactly("1 deployed Install complete", "2 failed Deployment/web: " + CAUSE);
      JsonNode failure = shop.release("shop").at("/status/failure");
      assertThat(failure.path("reason").asText()).isEqualTo("CrashLoop");
      assertThat(failure.path("log").toString()).contains("cannot connect to db");
      nothingIsLeftIn(shop);
      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--wait").succeeds();
      shop.awaitStable("shop", 3);
    }
  }

  @Test
  void anUpgradeThatRollsBackItselfDoesItAtOnceAndTheCauseStaysToBeRead() {
    try (TestNamespace shop = installed()) {
      String said =
          upgrade(shop, Helm.HELM_4, "--set", CRASHES, "--rollback-on-failure", "--timeout", "2m");
      assertThat(said).contains(CAUSE, "has been rolled back due to rollback-on-failure");

      List<String> history = shop.history(Helm.HELM_4, "shop");
      assertThat(history).hasSize(3).last().isEqualTo("3 deployed Rollback to 1");
      assertThat(history.get(1)).startsWith("2 failed ").contains(CAUSE);
      shop.awaitStable("shop", 3);
      assertThat(shop.history(Helm.HELM_4, "shop")).isEqualTo(history);
      JsonNode status = shop.release("shop").path("status");
      assertThat(status.has("rollback")).as("Belay has not rolled back").isFalse();
      assertThat(status.at("/failure/message").asText()).isEqualTo("Deployment/web: " + CAUSE);
      assertThat(status.at("/failure/log").toString()).contains("cannot connect to db");
      assertThat(status.path("conditions").toString())
          .contains("Helm has rolled back revision 2: Deployment/web: " + CAUSE);
      nothingIsLeftIn(shop);
    }
  }

  /** The image is missing: known after ten seconds, where Helm alone never knows. */
  @Test
  void aWaitingFirstInstallEndsAndIsLeftAsItIs() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String said =
          shop.helm(
                  Helm.HELM_4,
                  "install",
                  "shop",
                  TestNamespace.SHOP,
                  "--set",
                  "image.name=example/missing",
                  "--wait",
                  "--timeout",
                  "2m")
              .fails();
      assertThat(said).contains("can't pull image example/missing:1.0");
      shop.await(
          "shop", status -> status.path("conditions").toString().contains("NoStableRevision"));
      assertThat(shop.release("shop").at("/status/failure/sentBy").asText())
          .isEqualTo("kwok-admin");
      nothingIsLeftIn(shop);
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

  /** Helm waits for all that is not ready, so all of it has to be told. */
  @ParameterizedTest
  @ValueSource(strings = {"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod"})
  void everyKindFailsAtOnceAndWithItWhatElseIsWaitedFor(String failing) {
    try (TestNamespace namespace = TestNamespace.enforced()) {
      // What crashes may wait for the others, until these have not moved for that long.
      namespace.apply(
          "{apiVersion: belay.dev/v1alpha1, kind: ReleasePolicy, metadata: {name: all}, spec: {timeout: 30s}}");
      String said =
          namespace
              .helm(
                  Helm.HELM_4,
                  "install",
                  "all",
                  Chart.of(Workloads.of(failing)),
                  "--wait",
                  "--timeout",
                  "2m")
              .fails();
      Instant ended = Instant.now();
      String at = namespace.release("all").at("/status/told/at").asText();
      Duration took = Duration.between(Instant.parse(at), ended);
      System.out.printf("%s: ended %d ms after the cause was known%n", failing, took.toMillis());
      assertThat(took).isLessThan(AT_ONCE);
      String place = "/" + namespace.name() + "/";
      for (String kind : Workloads.KINDS) {
        assertThat(said)
            .contains(
                "resource "
                    + kind
                    + place
                    + kind.toLowerCase(java.util.Locale.ROOT)
                    + " not ready. status: Failed");
      }
      assertThat(said).contains("exited 3: cannot connect to db").doesNotContain("deadline");
      namespace.await("all", status -> !status.at("/told/withdrawnAt").isMissingNode());
      nothingIsLeftIn(namespace);
    }
  }

  /** Old Pods crash, and Helm is still at its hook: that is no failure of the new revision. */
  @Test
  void aHotfixOfACrashingReleaseIsNeverToldOfTheOldPods() {
    try (TestNamespace shop = TestNamespace.unlabelled()) {
      String chart = Chart.of(Workloads.HOOK + Workloads.deployment("{{ .Values.image }}"));
      shop.helm(Helm.HELM_4, "install", "shop", chart, "--set", "image=a/crashes", "--no-hooks")
          .succeeds();
      shop.mode("enforce");
      shop.await(
          "shop", status -> status.path("conditions").toString().contains("NoStableRevision"));

      shop.helm(
              Helm.HELM_4,
              "upgrade",
              "shop",
              chart,
              "--set",
              "image=a/slow",
              "--wait",
              "--timeout",
              "2m")
          .succeeds();
      assertThat(shop.release("shop").at("/status/told").isMissingNode()).isTrue();
      shop.awaitStable("shop", 2);
    }
  }

  /** Helm 3 polls readiness and knows no failure: it waits for its timeout, and then acts. */
  @Test
  void helm3DoesNotListenAndBelayDoesNotActBeforeItHasEnded() {
    try (TestNamespace shop = installed()) {
      String said = upgrade(shop, Helm.HELM_3, "--set", CRASHES, "--atomic", "--timeout", "15s");
      assertThat(said).contains("has been rolled back due to atomic being set");
      shop.awaitStable("shop", 3);
      assertThat(shop.history(Helm.HELM_3, "shop"))
          .hasSize(3)
          .last()
          .isEqualTo("3 deployed Rollback to 1");
      JsonNode status = shop.release("shop").path("status");
      assertThat(status.has("rollback")).as("Belay has not rolled back").isFalse();
      assertThat(status.at("/failure/message").asText()).isEqualTo("Deployment/web: " + CAUSE);
      nothingIsLeftIn(shop);

      assertThat(upgrade(shop, Helm.HELM_3, "--set", CRASHES, "--wait", "--timeout", "12s"))
          .as("what Helm has undone is known, as what Belay has")
          .contains("this upgrade is the one that failed as Helm revision 2", CAUSE);
      assertThat(shop.history(Helm.HELM_3, "shop")).hasSize(3);
      shop.kubectl("annotate", "release", "shop", "belay.dev/retry=1").succeeds();
      assertThat(upgrade(shop, Helm.HELM_3, "--set", CRASHES, "--wait", "--timeout", "12s"))
          .contains("UPGRADE FAILED");
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.history(Helm.HELM_3, "shop"))
          .hasSize(4)
          .last()
          .isEqualTo("4 failed Deployment/web: " + CAUSE);
      nothingIsLeftIn(shop);
    }
  }

  /** What is set is saved before it is set: it goes, whoever died, and whatever was unlabelled. */
  @Test
  @Alone
  void whatAKilledWatcherHasSetIsTakenAwayByTheNextOne() throws Exception {
    try (TestNamespace shop = installed();
        Running helm =
            Running.helm(
                shop,
                Helm.HELM_3,
                "upgrade",
                "shop",
                TestNamespace.SHOP,
                "--set",
                CRASHES,
                "--wait")) {
      shop.awaitJson("deployment", "web", StalledIT::isStalled);
      BelayProcess.kill();
      helm.kill();
      shop.kubectl("label", "namespace", shop.name(), "belay.dev/mode-").succeeds();
      assertThat(isStalled(shop.get("deployment", "web"))).isTrue();

      BelayProcess.running();
      shop.awaitJson("deployment", "web", web -> !isStalled(web));
    }
  }

  /** The list is lost, and the mark on the condition is enough. */
  @Test
  @Alone
  void itGoesThoughTheReleaseWasDeletedThatSaysSo() throws Exception {
    try (TestNamespace shop = installed();
        Running helm =
            Running.helm(
                shop,
                Helm.HELM_3,
                "upgrade",
                "shop",
                TestNamespace.SHOP,
                "--set",
                CRASHES,
                "--wait")) {
      shop.awaitJson("deployment", "web", StalledIT::isStalled);
      helm.kill();
      BelayProcess.shutDown();
      shop.kubectl("delete", "release", "shop").succeeds();
      // The record is still pending: where Belay enforces, it would be told again.
      shop.mode("observe");
      BelayProcess.running();
      shop.awaitJson("deployment", "web", web -> !isStalled(web));
    }
  }

  private static TestNamespace installed() {
    TestNamespace shop = TestNamespace.enforced();
    shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
    shop.awaitStable("shop", 1);
    return shop;
  }

  /** Upgrades in vain, and prints how soon after Belay knew the cause Helm has ended. */
  private static String upgrade(TestNamespace shop, Helm helm, String... flags) {
    String[] words = new String[flags.length + 3];
    words[0] = "upgrade";
    words[1] = "shop";
    words[2] = TestNamespace.SHOP;
    System.arraycopy(flags, 0, words, 3, flags.length);
    Instant begun = Instant.now();
    String said = shop.helm(helm, words).fails();
    Instant ended = Instant.now();
    String at = shop.release("shop").at("/status/told/at").asText();
    assertThat(at).as("told").isNotEmpty();
    Duration took = Duration.between(Instant.parse(at), ended);
    System.out.printf(
        "%s %s: ended %d ms after it began, %d ms after the cause was known%n",
        helm, String.join(" ", flags), Duration.between(begun, ended).toMillis(), took.toMillis());
    assertThat(took).isLessThan(AT_ONCE);
    return said;
  }

  private static boolean isStalled(JsonNode object) {
    return StalledCondition.isOwn(dev.belay.manifest.KubeObject.of(object));
  }

  private static void nothingIsLeftIn(TestNamespace namespace) {
    Awaitility.await("no Stalled in " + namespace.name())
        .atMost(TestNamespace.PATIENCE)
        .until(
            () ->
                namespace.objects(WORKLOADS).values().stream().noneMatch(StalledCondition::isOwn));
  }
}
