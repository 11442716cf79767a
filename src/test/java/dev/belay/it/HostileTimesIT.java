package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What else happens while a change is verified or undone. */
class HostileTimesIT {

  private static final String MAP =
      "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: %s}}\n";

  /** Belay may not touch webhooks. It neither tries for ever, nor leaves what it can restore. */
  @Test
  void aWebhookThatDoesNotAnswerIsNamedAndTheRestIsRestored() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=8s").succeeds();
      String webhook =
          """
          apiVersion: admissionregistration.k8s.io/v1
          kind: ValidatingWebhookConfiguration
          metadata: {name: %1$s}
          webhooks:
            - name: nobody.example.com
              admissionReviewVersions: [v1]
              sideEffects: None
              failurePolicy: Fail
              clientConfig: {service: {name: nobody, namespace: %1$s}}
              namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
              rules:
                - {apiGroups: [''], apiVersions: ['*'], operations: [UPDATE], resources: [configmaps]}
          """
              .formatted(shop.name());
      send(shop, Helm.HELM_4, Workloads.deployment("a/never-ready:2") + MAP.formatted("second"));
      TestNamespace.kubectlAnywhere("apply", "-f", TestNamespace.file(webhook)).succeeds();
      shop.awaitJson("deployment", "web", web -> web.toString().contains("a/web:1"));
      shop.await(
          "web",
          status ->
              TestNamespace.message(status)
                  .startsWith("restored as far as it can be by now; tried again: ConfigMap/web: "));
      shop.await("web", status -> TestNamespace.reason(status).equals("RollbackFailed"));
      assertThat(TestNamespace.message(status(shop, "web")))
          .contains("ConfigMap/web: ")
          .contains("failed calling webhook \"nobody.example.com\"");

      TestNamespace.kubectlAnywhere("delete", "validatingwebhookconfiguration", shop.name())
          .succeeds();
      shop.kubectl("annotate", "release", "web", "belay.dev/rollback-to=1").succeeds();
      awaitRevision(shop, 2);
      assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("first");
    }
  }

  @Test
  void aPolicyOfSomebodyElseThatRefusesTheRestoreIsNamedAndTheRestIsRestored() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      send(shop, Helm.HELM_4, Workloads.deployment("a/never-ready:2") + MAP.formatted("second"));
      String file = TestNamespace.file(policy(shop));
      TestNamespace.kubectlAnywhere("apply", "-f", file).succeeds();
      try {
        shop.awaitRefused(Workloads.deployment("a/web:1"), "no web:1");
        shop.kubectl("annotate", "release", "web", "belay.dev/timeout=1s").succeeds();
        shop.await("web", status -> TestNamespace.reason(status).equals("RollbackFailed"));
        assertThat(TestNamespace.message(status(shop, "web")))
            .contains("Deployment/web")
            .contains("no web:1");
        assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("first");
      } finally {
        TestNamespace.kubectlAnywhere("delete", "-f", file).succeeds();
      }
      shop.awaitAccepted(Workloads.deployment("a/web:1"));
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=1m", "--overwrite").succeeds();
      shop.kubectl("annotate", "release", "web", "belay.dev/rollback-to=1").succeeds();
      shop.await("web", status -> status.at("/stable/revision").asInt() == 2);
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
    }
  }

  private static String policy(TestNamespace shop) {
    return """
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: %1$s}
        spec:
          matchConstraints:
            namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
            resourceRules:
              - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
          validations:
            - {expression: "object.spec.template.spec.containers[0].image != 'a/web:1'", message: no web:1}
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: %1$s}
        spec: {policyName: %1$s, validationActions: [Deny]}
        """
        .formatted(shop.name());
  }

  /** Its Pods still read it; it is made anew once it is gone, and nothing else waits for that. */
  @Test
  void whatIsGoingAndIsHeldByAFinalizerHoldsUpNothingElse() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String held = MAP.replace("name: web}", "name: web, finalizers: [example.com/hold]}");
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:1") + held.formatted("first"));
      shop.awaitStable("web", 1);
      send(shop, Helm.HELM_4, Workloads.deployment("a/crashes:2"));
      shop.awaitJson("deployment", "web", web -> web.toString().contains("a/web:1"));
      shop.await(
          "web",
          status ->
              TestNamespace.message(status).contains("waits for its finalizers example.com/hold"));
      shop.kubectl("patch", "configmap", "web", "-p", "{\"metadata\":{\"finalizers\":null}}")
          .succeeds();
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("first");
      shop.kubectl("patch", "configmap", "web", "-p", "{\"metadata\":{\"finalizers\":null}}")
          .succeeds();
    }
  }

  /** What nobody can restore holds up nothing else, and is not tried for ever. */
  @Test
  void whatHasNoDefinitionAnyMoreIsNamedAndTheRestIsRestored() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String group = shop.name() + ".example.com";
      String widget =
          "---\n{apiVersion: %s/v1, kind: Widget, metadata: {name: w}, spec: {size: 1}}\n"
              .formatted(group);
      shop.apply(definition(group));
      TestNamespace.awaitEstablished("widgets." + group);
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:1") + widget);
      shop.awaitStable("web", 1);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=12s").succeeds();
      shop.kubectl("delete", "crd", "widgets." + group).succeeds();
      shop.kubectl("set", "image", "deployment/web", "web=a/crashes:2").succeeds();
      shop.await("web", status -> TestNamespace.reason(status).equals("RollbackFailed"));
      assertThat(TestNamespace.message(status(shop, "web")))
          .contains("Widget/w: the API server serves no Widget in %s/v1".formatted(group));
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
    }
  }

  private static String definition(String group) {
    return Workloads.definition(
        group, "Widget", "spec: {type: object, properties: {size: {type: integer}}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Helm", "kubectl"})
  void aRollbackByHandInTheMiddleOfAVerificationGoesBefore(String client) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, client, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      awaitRevision(shop, 1);
      send(shop, client, Workloads.deployment("a/never-ready:2") + MAP.formatted("second"));
      shop.await("web", status -> status.at("/changeSet/settledAt").isTextual());
      shop.kubectl("annotate", "release", "web", "belay.dev/rollback-to=1").succeeds();
      awaitRevision(shop, 2);
      assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("first");
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
      send(shop, client, Workloads.deployment("a/web:3") + MAP.formatted("third"));
      awaitRevision(shop, 3);
    }
  }

  /** Two at once: the one that is asked for last is what is there in the end. */
  @Test
  void aRollbackByHandThatIsAskedForInTheMiddleOfAnotherComesAfterIt() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      for (int version = 1; version <= 3; version++) {
        send(shop, Helm.HELM_4, Workloads.deployment("a/web:" + version));
        awaitRevision(shop, version);
      }
      shop.kubectl("annotate", "release", "web", "belay.dev/rollback-to=1").succeeds();
      shop.kubectl("annotate", "release", "web", "belay.dev/rollback-to=2", "--overwrite")
          .succeeds();
      shop.await(
          "web",
          status ->
              TestNamespace.condition(status, "Ready").equals("True")
                  && status.at("/stable/revision").asInt() > 3
                  && shop.get("deployment", "web").toString().contains("a/web:2"));
      assertThat(shop.release("web").at("/metadata/annotations").has("belay.dev/rollback-to"))
          .isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void whatIsDeletedByHandWhileItIsVerifiedComesBack(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, helm, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=8s").succeeds();
      send(shop, helm, Workloads.deployment("a/slow:2") + MAP.formatted("second"));
      shop.await("web", status -> status.at("/changeSet/settledAt").isTextual());
      shop.kubectl("delete", "deployment", "web").succeeds();
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
      assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("first");
      send(shop, helm, Workloads.deployment("a/web:3") + MAP.formatted("third"));
      awaitRevision(shop, 2);
    }
  }

  @Test
  void aNamespaceWhoseLabelGoesInTheMiddleOfARollbackIsTakenUpWhereItWas() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Helm.HELM_4, recreated("a/web:1"));
      shop.awaitStable("web", 1);
      send(shop, Helm.HELM_4, recreated("a/never-ready:2"));
      shop.awaitJson("deployment", "web", web -> web.at("/status/updatedReplicas").asInt() == 1);
      shop.kubectl("create", "quota", "none", "--hard=pods=0").succeeds();
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=2s").succeeds();
      shop.await("web", status -> status.at("/rollback/startedAt").isTextual());
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=1m", "--overwrite").succeeds();
      TestNamespace.kubectlAnywhere("label", "namespace", shop.name(), "belay.dev/mode-")
          .succeeds();
      shop.kubectl("delete", "quota", "none").succeeds();
      shop.kubectl("label", "replicaset", "--all", "again=yes").succeeds();
      shop.mode("enforce");
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
    }
  }

  /** Its old Pods are gone before there are new ones. */
  private static String recreated(String image) {
    return Workloads.deployment(image).replace("spec:\n", "spec:\n  strategy: {type: Recreate}\n");
  }

  @Test
  void aNamespaceThatGoesInTheMiddleOfARollbackHoldsUpNothing() {
    TestNamespace shop = TestNamespace.enforced();
    send(shop, Helm.HELM_4, Workloads.deployment("a/web:1") + MAP.formatted("first"));
    shop.awaitStable("web", 1);
    send(shop, Helm.HELM_4, Workloads.deployment("a/crashes:2") + MAP.formatted("second"));
    shop.await("web", status -> status.at("/rollback/startedAt").isTextual());
    TestNamespace.kubectlAnywhere("delete", "namespace", shop.name(), "--timeout=50s").succeeds();
    int before = BelayProcess.logged(shop.name() + "/").size();
    try (TestNamespace other = TestNamespace.enforced()) {
      send(other, Helm.HELM_4, Workloads.deployment("a/slow:1"));
      other.awaitStable("web", 1);
    }
    assertThat(BelayProcess.logged(shop.name() + "/"))
        .hasSizeLessThanOrEqualTo(before + 1)
        .noneMatch(line -> line.contains("unexpected"));
  }

  @Test
  void twoReleasesThatUseTheSameAreRolledBackEachForItself() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: both}, data: {a: first}}\n---\n"
              + using("one", "a/web:1")
              + "---\n"
              + using("two", "a/web:1"));
      shop.awaitCondition("one", "Released", "True");
      shop.awaitCondition("two", "Released", "True");
      shop.apply(
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: both}, data: {a: second}}\n---\n"
              + using("one", "a/crashes:2")
              + "---\n"
              + using("two", "a/crashes:2"));
      shop.awaitCondition("one", "RolledBack", "True");
      shop.awaitCondition("two", "RolledBack", "True");
      assertThat(shop.get("deployment", "one").toString()).contains("a/web:1");
      assertThat(shop.get("deployment", "two").toString()).contains("a/web:1");
      assertThat(shop.get("configmap", "both").at("/data/a").asText())
          .as("it is neither's")
          .isEqualTo("second");
    }
  }

  private static String using(String name, String image) {
    return Shop.deployment(name, name, image, "both");
  }

  @Test
  void aRollbackByHandToWhatLacksItsAccountGoesBackToTheStableRevision() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("create", "serviceaccount", "old").succeeds();
      String old =
          Workloads.deployment("a/web:1")
              .replace("spec: {containers", "spec: {serviceAccountName: old, containers");
      send(shop, Helm.HELM_4, old + MAP.formatted("first"));
      awaitRevision(shop, 1);
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:2") + MAP.formatted("second"));
      awaitRevision(shop, 2);
      shop.kubectl("delete", "serviceaccount", "old").succeeds();
      // It might come: only the timeout tells that it does not.
      shop.kubectl("annotate", "release", "web", "belay.dev/rollback-to=1", "belay.dev/timeout=10s")
          .succeeds();
      shop.await("web", status -> status.at("/failure/reason").asText().equals("PodsRefused"));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:2");
      assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("second");
      assertThat(shop.history(Helm.HELM_4, "web")).last().asString().startsWith("4 deployed");
    }
  }

  @Test
  void whatIsUninstalledInTheMiddleOfARollbackStaysGone() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Helm.HELM_4, recreated("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      send(shop, Helm.HELM_4, recreated("a/never-ready:2") + MAP.formatted("second"));
      shop.awaitJson("deployment", "web", web -> web.at("/status/updatedReplicas").asInt() == 1);
      shop.kubectl("create", "quota", "none", "--hard=pods=0").succeeds();
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=2s").succeeds();
      shop.await("web", status -> status.at("/rollback/startedAt").isTextual());
      shop.helm(Helm.HELM_4, "uninstall", "web").succeeds();
      Awaitility.await()
          .atMost(TestNamespace.PATIENCE)
          .until(() -> !shop.exists("releases.belay.dev", "web"));
      assertThat(shop.kubectl("get", "secrets", "-o", "name").out())
          .doesNotContain("belay.revision");
      assertThat(shop.exists("deployment", "web")).isFalse();
      assertThat(shop.exists("configmap", "web")).isFalse();
    }
  }

  /** Uninstalls the release while this write of its rollback is held up: nothing of it stays. */
  private static void uninstalledMeanwhile(TestNamespace shop, WriteStopper stopper)
      throws Exception {
    stopper.awaitReached();
    shop.helm(Helm.HELM_4, "uninstall", "web").succeeds();
    stopper.release();
    Awaitility.await()
        .atMost(TestNamespace.PATIENCE)
        .until(() -> !shop.exists("releases.belay.dev", "web"));
    assertThat(shop.exists("deployment", "web")).isFalse();
    assertThat(shop.exists("configmap", "web")).isFalse();
  }

  /** Between two writes of the rollback. */
  @Test
  void whatIsUninstalledWhileItIsRestoredIsNotMadeAnew() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced();
        WriteStopper stopper = WriteStopper.ofRollbackIn(shop, 2)) {
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      send(shop, Helm.HELM_4, Workloads.deployment("a/crashes:2") + MAP.formatted("second"));
      uninstalledMeanwhile(shop, stopper);
    }
  }

  /**
   * Of which Helm knows nothing, as it deletes what the failed revision names: while the object is
   * made, before its managers are put back, and while Helm's own record is added.
   */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 6})
  void whatTheRollbackMakesAnewGoesWithTheRelease(int write) throws Exception {
    try (TestNamespace shop = TestNamespace.enforced();
        WriteStopper stopper = WriteStopper.ofRollbackIn(shop, write)) {
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      send(shop, Helm.HELM_4, Workloads.deployment("a/crashes:2"));
      uninstalledMeanwhile(shop, stopper);
      assertThat(shop.kubectl("get", "secrets", "-o", "name").out()).doesNotContain("sh.helm");
    }
  }

  @Test
  void whereTheStoredRevisionIsDeletedNothingIsRestoredByHalf() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      shop.kubectl("delete", "secrets", "-l", "belay.dev/release=web").succeeds();
      send(shop, Helm.HELM_4, Workloads.deployment("a/crashes:2") + MAP.formatted("second"));
      shop.await("web", status -> TestNamespace.reason(status).equals("RollbackFailed"));
      assertThat(TestNamespace.message(status(shop, "web"))).contains("it is gone");
      assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("second");
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:3") + MAP.formatted("third"));
      awaitRevision(shop, 2);
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void twoBadUpgradesInARowAreBothUndone(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String more = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}}\n";
      send(shop, helm, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      send(shop, helm, Workloads.deployment("a/never-ready:2") + more.formatted("one"));
      send(
          shop,
          helm,
          Workloads.deployment("a/crashes:3") + more.formatted("one") + more.formatted("two"));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("first");
      assertThat(shop.exists("configmap", "one")).isFalse();
      assertThat(shop.exists("configmap", "two")).isFalse();
      assertThat(shop.history(helm, "web"))
          .last()
          .asString()
          .startsWith("4 deployed Rollback to 1");
    }
  }

  @Test
  void aPolicyThatIsChangedInTheMiddleHoldsForWhatIsDecidedAfterIt() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Helm.HELM_4, Workloads.deployment("a/web:1"));
      shop.awaitStable("web", 1);
      send(shop, Helm.HELM_4, Workloads.deployment("a/never-ready:2"));
      shop.await("web", status -> status.at("/changeSet/settledAt").isTextual());
      String policy =
          "{apiVersion: belay.dev/v1alpha1, kind: ReleasePolicy, metadata: {name: all}, spec: {timeout: 8s, rollback: '%s'}}";
      shop.apply(policy.formatted("off"));
      shop.await("web", status -> TestNamespace.reason(status).equals("RollbackOff"));
      shop.apply(policy.formatted("automatic"));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
    }
  }

  /** As kubectl makes one anew, or an upgrade of a chart whose Job is deleted after its end. */
  @ParameterizedTest
  @ValueSource(strings = {"Helm", "kubectl"})
  void aJobOfTheFailedChangeThatIsAtWorkStays(String client) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String job =
          """
          ---
          apiVersion: batch/v1
          kind: Job
          metadata: {name: work, labels: {app: web}}
          spec: {template: {spec: {restartPolicy: Never, containers: [{name: work, image: "%s"}]}}}
          """;
      send(shop, client, Workloads.deployment("a/web:1") + job.formatted("a/work:1"));
      awaitRevision(shop, 1);
      shop.kubectl("delete", "job", "work").succeeds();
      // What crashes may wait for what the Job does.
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=15s").succeeds();
      send(shop, client, Workloads.deployment("a/crashes:2") + job.formatted("a/never-ready:2"));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(TestNamespace.message(status(shop, "web")))
          .contains("(Job/work stays as the failed change made it: it runs or has run");
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
      assertThat(shop.get("job", "work").toString()).contains("a/never-ready:2");
      // Nor is it a change of its own.
      shop.apply(Shop.deployment("other", "other", "a/slow:1", "none"));
      shop.awaitCondition("other", "Released", "True");
      assertThat(TestNamespace.reason(status(shop, "web"))).isEqualTo("RolledBack");
    }
  }

  private static void send(TestNamespace shop, Helm helm, String objects) {
    shop.helm(helm, "upgrade", "--install", "web", Chart.of(objects)).succeeds();
  }

  private static void send(TestNamespace shop, String client, String objects) {
    if (client.equals("Helm")) {
      send(shop, Helm.HELM_4, objects);
    } else {
      shop.apply(
          objects.replace("metadata: {name: web}", "metadata: {name: web, labels: {app: web}}"));
    }
  }

  private static JsonNode status(TestNamespace shop, String release) {
    return shop.release(release).path("status");
  }

  private static void awaitRevision(TestNamespace shop, int revision) {
    shop.await(
        "web",
        status ->
            status.at("/stable/revision").asInt() == revision
                && TestNamespace.condition(status, "Ready").equals("True"));
  }
}
