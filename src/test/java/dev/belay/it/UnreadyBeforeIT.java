package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is broken for a reason of its own has nothing to do with what is changed beside it: here a
 * Deployment whose Pods no node takes any more.
 */
class UnreadyBeforeIT {

  @ParameterizedTest
  @ValueSource(strings = {"Helm", "kubectl"})
  void isNotWhatAChangeIsUndoneFor(String client) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, client, "a/web:1", beside(shop));
      awaitRevision(shop, 1);
      breakBeside(shop);

      send(shop, client, "a/web:2", beside(shop));
      awaitRevision(shop, 2);

      // Nor is what fails beside it.
      send(shop, client, "a/crashes:3", beside(shop));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:2");
    }
  }

  /** Which looks for the last time before anything is restored. */
  @ParameterizedTest
  @ValueSource(strings = {"Helm", "kubectl"})
  void isNotWhatARollbackByHandIsUndoneFor(String client) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, client, "a/web:1", beside(shop));
      awaitRevision(shop, 1);
      send(shop, client, "a/web:2", beside(shop));
      awaitRevision(shop, 2);
      breakBeside(shop);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=8s").succeeds();
      rollbackTo(shop, 1);
      awaitRevision(shop, 3);
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");

      // What is restored has to prove itself all the same.
      rollbackTo(shop, 2);
      awaitRevision(shop, 4);
      send(shop, client, "a/web:5", beside(shop).replace("a/web:1", "a/crashes:5"));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:2");
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void isNotWhatHelmsOwnRollbackIsUndoneFor(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, "Helm", "a/web:1", beside(shop));
      awaitRevision(shop, 1);
      send(shop, "Helm", "a/web:2", beside(shop));
      awaitRevision(shop, 2);
      breakBeside(shop);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=8s").succeeds();
      shop.helm(helm, "rollback", "web", "1").succeeds();
      awaitRevision(shop, 3);
      assertThat(shop.get("deployment", "web").toString()).contains("a/web:1");
    }
  }

  /** As the name and version of the chart, which most charts put on every object. */
  @ParameterizedTest
  @EnumSource(Helm.class)
  void isLeftAloneByAnotherLabel(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String labelled =
          beside(shop).replace("{name: beside}", "{name: beside, labels: {chart: \"%s\"}}");
      upgrade(shop, helm, Workloads.deployment("a/web:1") + labelled.formatted("1.0"));
      awaitRevision(shop, 1);
      // A Pod that runs is never one that lacks room.
      String pod = shop.kubectl("get", "pods", "-l", "app=beside", "-o", "name").out().strip();
      shop.kubectl(
              "patch",
              pod,
              "--subresource=status",
              "-p",
              "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"},{\"type\":\"ContainersReady\",\"status\":\"False\"}]}}")
          .succeeds();
      awaitUnavailable(shop);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=8s").succeeds();
      upgrade(shop, helm, Workloads.deployment("a/web:2") + labelled.formatted("2.0"));
      awaitRevision(shop, 2);
    }
  }

  /** No manager of a field tells that it was taken away. */
  @ParameterizedTest
  @EnumSource(Helm.class)
  void isTheChangesWhereItTakesSomethingAwayFromIt(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String more =
          beside(shop).replace("name: web, image", "env: [{name: A, value: b}], name: web, image");
      upgrade(shop, helm, Workloads.deployment("a/web:1") + more);
      awaitRevision(shop, 1);
      breakBeside(shop);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=8s").succeeds();
      upgrade(shop, helm, Workloads.deployment("a/web:1") + beside(shop));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.release("web").at("/status/failure/object").asText())
          .isEqualTo("Deployment/beside");
      assertThat(shop.get("deployment", "beside").toString()).contains("\"A\"");
    }
  }

  @Test
  void isTheNodeThatHasNoRoomForADaemon() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      upgrade(shop, Helm.HELM_4, daemons("a/web:1", 1, 7788));
      awaitRevision(shop, 1);
      takePort(shop, 7788);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=10s").succeeds();
      upgrade(shop, Helm.HELM_4, daemons("a/web:2", 2, 7788));
      awaitRevision(shop, 2);
      upgrade(shop, Helm.HELM_4, daemons("a/never-ready:3", 2, 7788));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("daemonset", "web").toString()).contains("a/web:2");

      // Of this one no Pod is ever tried.
      upgrade(shop, Helm.HELM_4, daemons("a/web:4", 1, 7788));
      shop.await("web", status -> status.at("/rollback/helmRevision").asInt() == 5);
      assertThat(shop.release("web").at("/status/failure/message").asText())
          .contains("no other Pod is replaced while maxUnavailable, which is 1, of the new ones");
    }
  }

  /** Where it is written at once, nothing but the gate has seen how it was. */
  @Test
  void isSeenByTheGateWhereTheWatcherComesLater() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(labelled(daemons("a/web:1", 2, 7799)));
      awaitRevision(shop, 1);
      takePort(shop, 7799);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=12s").succeeds();
      shop.apply(labelled(daemons("a/web:2", 2, 7799)));
      awaitRevision(shop, 2);
      shop.apply(labelled(daemons("a/never-ready:3", 2, 7799)));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("daemonset", "web").toString()).contains("a/web:2");
    }
  }

  /** None of its Pods has ever run with the new template; it is as it was before, and no worse. */
  @Test
  void isNoFailureOfTheRollbackOfWhatIsWrittenAtOnce() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String db =
          beside(shop).replace("kind: Deployment", "kind: StatefulSet").replace("---\n", "");
      TestNamespace.kubectlAnywhere("label", "nodes", "--selector=type=kwok", node(shop) + "=yes")
          .succeeds();
      shop.apply(labelled(db));
      awaitRevision(shop, 1);
      TestNamespace.kubectlAnywhere("label", "nodes", "--selector=type=kwok", node(shop) + "-")
          .succeeds();
      shop.kubectl("delete", "pod", "beside-0").succeeds();
      shop.awaitJson(
          "statefulset", "beside", set -> set.at("/status/availableReplicas").asInt() == 0);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=8s").succeeds();
      shop.apply(labelled(db.replace("a/web:1", "a/web:2")));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("statefulset", "beside").toString()).contains("a/web:1");
    }
  }

  private static String labelled(String objects) {
    return objects
        .replace(Workloads.HOOK, "")
        .replace("metadata: {name:", "metadata: {labels: {belay.dev/release: web}, name:");
  }

  /** Another Pod gets the port of a node, so that a daemon lacks it. */
  private static void takePort(TestNamespace shop, int port) {
    shop.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: first}
        spec:
          priorityClassName: system-cluster-critical
          nodeSelector: {kubernetes.io/hostname: node-1}
          containers: [{name: first, image: a/first, ports: [{containerPort: 80, hostPort: %d}]}]
        """
            .formatted(port));
    shop.awaitJson("pod", "first", pod -> pod.at("/status/phase").asText().equals("Running"));
    shop.awaitJson(
        "daemonset",
        "web",
        web ->
            web.at("/status/numberUnavailable").asInt() == 1
                && web.at("/status/desiredNumberScheduled").asInt() == 2);
  }

  /** The autoscaler does what the change has told it. */
  @Test
  void isNoRoomForWhatTheChangeMakesAnAutoscalerKeep() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String web =
          Workloads.deployment("a/web:1")
              .replace(
                  "spec: {containers",
                  "spec: {affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution:"
                      + " [{labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}]}},"
                      + " containers");
      String scaled =
          web
              + """
              ---
              apiVersion: autoscaling/v2
              kind: HorizontalPodAutoscaler
              metadata: {name: web}
              spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: %d, maxReplicas: 9}
              """;
      upgrade(shop, Helm.HELM_4, scaled.formatted(1));
      awaitRevision(shop, 1);
      shop.kubectl("annotate", "release", "web", "belay.dev/timeout=20s").succeeds();
      upgrade(shop, Helm.HELM_4, scaled.formatted(9));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.release("web").at("/status/failure/object").asText())
          .isEqualTo("Deployment/web");
      assertThat(shop.get("horizontalpodautoscaler", "web").at("/spec/minReplicas").asInt())
          .isEqualTo(1);
    }
  }

  /** Each test has a port of its own: the nodes are those of all. */
  private static String daemons(String image, int maxUnavailable, int port) {
    return Workloads.HOOK
        + """
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: web}
        spec:
          updateStrategy: {rollingUpdate: {maxUnavailable: %d}}
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: %s, ports: [{containerPort: 80, hostPort: %d}]}]}
        """
            .formatted(maxUnavailable, image, port);
  }

  static String beside(TestNamespace shop) {
    return "---\n"
        + Workloads.deployment("a/web:1")
            .replace("web}", "beside}")
            .replace(
                "spec: {containers",
                "spec: {nodeSelector: {%s: \"yes\"}, containers".formatted(node(shop)));
  }

  private static String node(TestNamespace shop) {
    return shop.name() + "-here";
  }

  /** Before it comes, its Pods have nodes. */
  private static void label(TestNamespace shop, String objects) {
    if (objects.contains(node(shop)) && !shop.exists("deployment", "beside")) {
      TestNamespace.kubectlAnywhere("label", "nodes", "--selector=type=kwok", node(shop) + "=yes")
          .succeeds();
    }
  }

  static void breakBeside(TestNamespace shop) {
    TestNamespace.kubectlAnywhere("label", "nodes", "--selector=type=kwok", node(shop) + "-")
        .succeeds();
    shop.kubectl("delete", "pods", "-l", "app=beside").succeeds();
    awaitUnavailable(shop);
  }

  /** Times of objects are whole seconds: what comes next has to be in another one. */
  private static void awaitUnavailable(TestNamespace shop) {
    shop.awaitJson(
        "deployment",
        "beside",
        web -> web.at("/status/unavailableReplicas").asInt() == 1 && isOver(web));
  }

  private static boolean isOver(JsonNode deployment) {
    JsonNode available = KubeObject.of(deployment).condition("Available");
    return available.path("status").asText().equals("False")
        && !Instant.now()
            .isBefore(Instant.parse(available.path("lastTransitionTime").asText()).plusSeconds(1));
  }

  static void send(TestNamespace shop, String client, String image, String beside) {
    String objects = Workloads.deployment(image) + beside;
    if (client.equals("Helm")) {
      upgrade(shop, Helm.HELM_4, objects);
    } else {
      label(shop, objects);
      shop.apply(
          objects.replace(
              "metadata: {name:", "metadata: {labels: {belay.dev/release: web}, name:"));
    }
  }

  private static void upgrade(TestNamespace shop, Helm helm, String objects) {
    label(shop, objects);
    shop.helm(helm, "upgrade", "--install", "web", Chart.of(objects)).succeeds();
  }

  private static void rollbackTo(TestNamespace shop, int revision) {
    shop.kubectl("annotate", "release", "web", "belay.dev/rollback-to=" + revision).succeeds();
  }

  static void awaitRevision(TestNamespace shop, int revision) {
    shop.await(
        "web",
        status ->
            status.at("/stable/revision").asInt() == revision
                && TestNamespace.condition(status, "Ready").equals("True"));
  }
}
