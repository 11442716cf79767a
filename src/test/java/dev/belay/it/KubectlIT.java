package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Releases of a client that writes no record: their objects say what happened to them. */
class KubectlIT {

  private static final String KINDS = "deployments,services,configmaps,horizontalpodautoscalers";
  private static final String CRASH =
      "Deployment/web: container web exited 3: cannot connect to db";

  @Test
  void aFirstRevisionThenAGoodChangeThenACrashThatIsUndoneInAllObjects() {
    try (TestNamespace shop = TestNamespace.unlabelled()) {
      Shop good = new Shop("shop:1", "Welcome", 80);
      shop.kubectl("apply", "-f", good.folder()).succeeds();
      shop.mode("enforce");
      awaitRevision(shop, 1);
      assertThat(shop.kubectl("get", "releases").succeeds().out()).contains("Verified", "kubectl");

      Shop better = new Shop("shop:2", "Hi", 80);
      shop.kubectl("apply", "-f", better.folder()).succeeds();
      awaitRevision(shop, 2);
      Map<String, KubeObject> before = members(shop);

      String bad = new Shop("shop-crashes:3", "Broken", 80).folder();
      shop.kubectl("apply", "-f", bad).succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(before, members(shop));
      JsonNode status = shop.release("shop").path("status");
      assertThat(status.at("/failure/message").asText()).isEqualTo(CRASH);
      assertThat(status.at("/failure/changes").toString())
          .contains("ConfigMap/web: data.GREETING: Hi → Broken");
      assertThat(TestNamespace.message(status))
          .startsWith("The change of kubectl failed and was rolled back to stored revision 2: ");

      shop.kubectl("apply", "-f", new Shop("shop:4", "Broken", 80).folder()).succeeds();
      awaitRevision(shop, 3);
      assertThat(shop.get("configmap", "web").at("/data/GREETING").asText()).isEqualTo("Broken");
      assertThat(shop.release("shop").path("status").has("failure")).isFalse();
    }
  }

  @Test
  void whatTheFailedChangeCreatedGoesAndWhatItDeletedComesBack() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      shop.kubectl("create", "configmap", "stranger", "--from-literal=a=b").succeeds();
      awaitRevision(shop, 1);
      Map<String, KubeObject> before = members(shop);

      shop.apply(labelled("v1", "ConfigMap", "added", "data: {a: b}"));
      shop.apply(
          labelled(
              "v1",
              "PersistentVolumeClaim",
              "claim",
              "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"));
      shop.kubectl("delete", "configmap", "web").succeeds();
      shop.kubectl("set", "image", "deployment/web", "web=example/shop-missing:2").succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");

      assertThat(shop.exists("configmap", "added")).isFalse();
      assertThat(shop.exists("configmap", "stranger")).isTrue();
      assertThat(shop.exists("persistentvolumeclaim", "claim")).as("may hold data").isTrue();
      Sameness.assertSame(before, members(shop));
      assertThat(shop.release("shop").at("/status/failure/reason").asText())
          .isEqualTo("ImagePullFailed");
    }
  }

  @Test
  void whatARollbackDoesNotCoverIsSaid() {
    String group = "kubectl-%d.example.com".formatted(ProcessHandle.current().pid());
    String definition = Workloads.definition(group, "Widget", "size: {type: integer}");
    String all =
        """
        ---
        {apiVersion: %s/v1, kind: Widget, metadata: {name: w, labels: {app: shop}}, size: 1}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: alone, labels: {app: shop}}
        spec: {containers: [{name: web, image: example/shop:1}]}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: web}}
        """
                .formatted(group)
            + "---\n"
            + Shop.deployment("web", "shop", "example/shop:1", "web");
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(definition);
      try {
        TestNamespace.awaitEstablished("widgets." + group);
        shop.apply(all);
        awaitRevision(shop, 1);
        shop.kubectl("run", "nobodys", "--image=example/shop:1").succeeds();
        shop.apply(all.replace("shop:1", "shop-crashes:2").replace("size: 1", "size: 2"));
        shop.awaitCondition("shop", "RolledBack", "True");

        JsonNode status = shop.release("shop").path("status");
        assertThat(status.path("notCovered").toString())
            .contains("Pod/alone: ")
            .doesNotContain("Pod/web", "nobodys");
        assertThat(TestNamespace.message(status))
            .contains("1 of its objects left out: status.notCovered says which and why");
        assertThat(status.path("nextStep").asText()).contains("Custom resources, Pods");
        assertThat(shop.get("deployment", "web").toString()).contains("example/shop:1");
        assertThat(shop.get("widgets." + group, "w").path("size").asInt()).isEqualTo(2);
        shop.apply(all.replace("shop:1", "shop:3"));
        awaitRevision(shop, 2);
        assertThat(shop.release("shop").path("status").has("notCovered")).isFalse();
      } finally {
        shop.kubectl("delete", "crd", "widgets." + group).succeeds();
      }
    }
  }

  @Test
  void toScaleIsNoChangeAndToRestartIsOne() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      awaitRevision(shop, 1);
      shop.kubectl("scale", "deployment", "web", "--replicas=3").succeeds();
      shop.awaitJson("deployment", "web", web -> web.at("/status/readyReplicas").asInt() == 3);
      shop.kubectl("rollout", "restart", "deployment", "web").succeeds();
      awaitRevision(shop, 2);
      // Had the scaling been a change of its own, this would be the third.
      assertThat(shop.release("shop").at("/status/stable/revision").asInt()).isEqualTo(2);
      assertThat(shop.get("deployment", "web").at("/spec/replicas").asInt()).isEqualTo(3);
    }
  }

  @Test
  void whatSomebodyHasScaledStaysUnlessTheFailedChangeSetItselfANumber() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String good = Shop.deployment("web", "shop", "example/shop:1", "web");
      shop.kubectl("create", "configmap", "web", "--from-literal=a=b").succeeds();
      shop.apply(good);
      awaitRevision(shop, 1);
      shop.kubectl("scale", "deployment", "web", "--replicas=3").succeeds();
      shop.kubectl("set", "image", "deployment/web", "web=example/shop-crashes:2").succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      JsonNode web = shop.get("deployment", "web");
      assertThat(web.at("/spec/replicas").asInt()).isEqualTo(3);
      assertThat(web.toString()).contains("example/shop:1");

      shop.apply(
          good.replace("spec:\n  selector", "spec:\n  replicas: 5\n  selector")
              .replace("example/shop:1", "example/shop-crashes:3"));
      shop.await(
          "shop",
          status ->
              status.at("/failure/changes").toString().contains("shop-crashes:3")
                  && TestNamespace.condition(status, "RolledBack").equals("True"));
      assertThat(shop.get("deployment", "web").at("/spec/replicas").asInt()).isEqualTo(1);
    }
  }

  @Test
  void aFirstApplyOfWhichAnObjectIsRefusedHasFailedAtOnceAndSaysWhoSentIt() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", -10).folder()).fails();
      shop.await("shop", status -> TestNamespace.reason(status).equals("NoStableRevision"));
      JsonNode status = shop.release("shop").path("status");
      assertThat(TestNamespace.message(status))
          .startsWith("HorizontalPodAutoscaler/web: refused: ")
          .contains("averageUtilization is -10")
          .doesNotContain(". (");
      assertThat(status.at("/failure/reason").asText()).isEqualTo("Refused");
      assertThat(status.at("/failure/sentBy").asText()).isEqualTo("kwok-admin");
      assertThat(status.has("judged")).as("what only Helm has").isFalse();

      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      awaitRevision(shop, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--server-side"})
  void whereOneObjectIsRefusedTheOthersOfTheSameApplyAreRestored(String how) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl(apply(how, new Shop("shop:1", "Welcome", 80).folder())).succeeds();
      awaitRevision(shop, 1);
      Map<String, KubeObject> before = members(shop);

      assertThat(shop.kubectl(apply(how, new Shop("shop:2", "Hi", -10).folder())).fails())
          .contains("HorizontalPodAutoscaler/web of release shop is refused")
          .contains("put back");
      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(before, members(shop));
      JsonNode failure = shop.release("shop").at("/status/failure");
      assertThat(failure.path("reason").asText()).isEqualTo("Refused");
      assertThat(failure.path("message").asText())
          .startsWith("HorizontalPodAutoscaler/web")
          .contains("averageUtilization is -10");

      shop.kubectl(apply(how, new Shop("shop:2", "Hi", 90).folder())).succeeds();
      awaitRevision(shop, 2);
      assertThat(shop.get("configmap", "web").at("/data/GREETING").asText()).isEqualTo("Hi");
    }
  }

  @Test
  void whereTheRefusedObjectIsAllThatWasSentNothingIsRolledBack() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      awaitRevision(shop, 1);
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", -10).folder()).fails();
      shop.kubectl("label", "deployment", "web", "a=b").succeeds();
      shop.await("shop", status -> status.at("/stable/revision").asInt() >= 1);
      assertThat(shop.release("shop").at("/status").has("rollback")).isFalse();
    }
  }

  @Test
  void whatKeepsOnSendingTheBadStateDoesNotMakeTheReleaseFlap() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      awaitRevision(shop, 1);
      String bad = new Shop("shop-crashes:2", "Broken", 80).folder();
      shop.kubectl("apply", "-f", bad).succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      String id = shop.release("shop").at("/status/rollback/id").asText();
      long generation = shop.get("deployment", "web").at("/metadata/generation").asLong();

      for (int i = 0; i < 10; i++) {
        assertThat(shop.kubectl("apply", "-f", bad).fails())
            .containsAnyOf(
                "this change of Deployment/web is the one that failed",
                "release shop is being rolled back")
            .doesNotContain("Helm");
        Thread.sleep(1000);
      }
      // The first time, what came before the refused workload was stored and put back once more.
      shop.await("shop", status -> status.at("/knownBad/resent").asBoolean());
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.release("shop").at("/status/rollback/id").asText()).isNotEqualTo(id);
      assertThat(shop.kubectl("apply", "-f", bad).fails())
          .contains("this change of ConfigMap/web is part of the one that failed")
          .contains("this change of Deployment/web is the one that failed");
      assertThat(shop.release("shop").at("/status/failure/reason").asText())
          .as("what was found out the first time is kept")
          .isEqualTo("CrashLoop");
      assertThat(shop.get("deployment", "web").at("/metadata/generation").asLong())
          .isEqualTo(generation);
      assertThat(shop.get("configmap", "web").at("/data/GREETING").asText()).isEqualTo("Welcome");
      assertThat(shop.release("shop").at("/status/stable/revision").asInt()).isEqualTo(1);

      // A corrected change may hold the same ConfigMap: what is refused of it passes with the next.
      String corrected = new Shop("shop:3", "Broken", 80).folder();
      org.awaitility.Awaitility.await()
          .atMost(TestNamespace.PATIENCE)
          .until(() -> shop.kubectl("apply", "-f", corrected).code() == 0);
      awaitRevision(shop, 2);
    }
  }

  /** The same workload as failed, with the ConfigMap corrected that it reads: it may well work. */
  @Test
  void aCorrectionOfWhatTheWorkloadReadsIsAnotherChange() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      awaitRevision(shop, 1);
      String bad = new Shop("shop-crashes:2", "Wrong", 80).folder();
      shop.kubectl("apply", "-f", bad).succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.kubectl("apply", "-f", bad).fails())
          .contains("this change of Deployment/web is the one that failed");
      shop.awaitJson(
          "configmap", "web", web -> web.at("/data/GREETING").asText().equals("Welcome"));
      shop.await("shop", status -> TestNamespace.reason(status).equals("RolledBack"));

      shop.kubectl("apply", "-f", new Shop("shop-crashes:2", "Corrected", 80).folder()).succeeds();
      assertThat(shop.get("deployment", "web").toString()).contains("shop-crashes:2");
    }
  }

  @Test
  void aConfigMapOfTwoReleasesBelongsToNeither() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("create", "configmap", "shared", "--from-literal=a=b").succeeds();
      for (String name : new String[] {"one", "two"}) {
        shop.apply(Shop.deployment(name, name, "example/shop:1", "shared"));
      }
      shop.await("one", status -> status.at("/stable/revision").asInt() == 1);
      shop.await("two", status -> status.at("/stable/revision").asInt() == 1);
      shop.kubectl("patch", "configmap", "shared", "-p", "{\"data\":{\"a\":\"c\"}}").succeeds();
      shop.kubectl("set", "image", "deployment/one", "web=example/shop-crashes:2").succeeds();
      shop.awaitCondition("one", "RolledBack", "True");
      assertThat(shop.get("configmap", "shared").at("/data/a").asText()).isEqualTo("c");
      assertThat(shop.release("two").at("/status/stable/revision").asInt()).isEqualTo(1);
    }
  }

  @Test
  void whoOnlyObservesReadsTheCauseAndKeepsWhatWasSent() {
    try (TestNamespace shop = TestNamespace.unlabelled().mode("observe")) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      awaitRevision(shop, 1);
      shop.kubectl("apply", "-f", new Shop("shop-crashes:2", "Broken", 80).folder()).succeeds();
      shop.await(
          "shop", status -> TestNamespace.message(status).startsWith(CRASH + "; left as it is"));
      assertThat(shop.get("configmap", "web").at("/data/GREETING").asText()).isEqualTo("Broken");
      assertThat(shop.release("shop").at("/status/failure/reason").asText()).isEqualTo("CrashLoop");
    }
  }

  @Test
  @Alone
  void aWatcherThatIsKilledInTheMiddleOfARollbackFinishesIt() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced();
        WriteStopper stopper = WriteStopper.ofBelayIn(shop, 3)) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      awaitRevision(shop, 1);
      Map<String, KubeObject> before = members(shop);
      shop.kubectl("apply", "-f", new Shop("shop-crashes:2", "Broken", 70).folder()).succeeds();
      stopper.awaitReached();
      BelayProcess.kill();
      stopper.release();
      assertThat(TestNamespace.condition(shop.release("shop").path("status"), "RolledBack"))
          .isEqualTo("Unknown");
      BelayProcess.running();
      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(before, members(shop));
    }
  }

  @Test
  void aReleaseWhoseObjectsAreAllDeletedIsForgotten() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String folder = new Shop("shop:1", "Welcome", 80).folder();
      shop.kubectl("apply", "-f", folder).succeeds();
      awaitRevision(shop, 1);
      shop.kubectl("delete", "-f", folder).succeeds();
      org.awaitility.Awaitility.await()
          .atMost(TestNamespace.PATIENCE)
          .until(() -> !shop.exists("release", "shop"));
      assertThat(shop.kubectl("get", "secrets", "-o", "name").out()).isEmpty();
    }
  }

  private static void awaitRevision(TestNamespace shop, int revision) {
    shop.await(
        "shop",
        status ->
            status.at("/stable/revision").asInt() == revision
                && TestNamespace.condition(status, "Released").equals("True"));
  }

  private static String[] apply(String how, String folder) {
    return how.isEmpty()
        ? new String[] {"apply", "-f", folder}
        : new String[] {"apply", how, "-f", folder};
  }

  private static String labelled(String apiVersion, String kind, String name, String rest) {
    return "apiVersion: %s\nkind: %s\nmetadata: {name: %s, labels: {app: shop}}\n%s"
        .formatted(apiVersion, kind, name, rest);
  }

  private static Map<String, KubeObject> members(TestNamespace shop) {
    Map<String, KubeObject> objects = shop.objects(KINDS);
    objects.keySet().removeIf(name -> !name.endsWith("/web"));
    return objects;
  }
}
