package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An answer that can't be read, or that is not the API server's, says nothing about what is there.
 */
@Alone
class WrongAnswersIT {

  private static final String MAP =
      "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: %s}}\n";

  private static FailingConnection connection;

  @BeforeAll
  static void begin() throws Exception {
    connection = new FailingConnection(BelayProcess.kubeconfig());
    BelayProcess.instead(Map.of("KUBECONFIG", connection.kubeconfig()));
  }

  @AfterEach
  void heal() {
    connection.heals();
  }

  @AfterAll
  static void end() {
    BelayProcess.shutDown();
    connection.close();
  }

  /** What the passes over a release read, one after the other, and at last all of it. */
  private static final List<Pattern> READ =
      List.of(
          Pattern.compile("owner%3Dhelm"),
          Pattern.compile("/releases"),
          Pattern.compile("/(deployments|configmaps)(\\?.*)?$"),
          Pattern.compile("/namespaces/[^/]*$"),
          Pattern.compile("."));

  @ParameterizedTest
  @EnumSource(names = {"EMPTY", "NO_PAGE"})
  void nothingIsForgottenThatAProxyDoesNotShow(Fault fault) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      shop.apply(Shop.deployment("alone", "alone", "example/shop:1", "alone"));
      shop.awaitCondition("alone", "Released", "True");
      String helms = uid(shop, "web");
      String alones = uid(shop, "alone");

      for (Pattern read : READ) {
        int soFar = connection.failed(fault);
        connection.fails(
            (method, path) ->
                method.equals("GET") && !path.contains("/leases/") && read.matcher(path).find()
                    ? fault
                    : null);
        // Each of them has a pass, and reads what makes no sense.
        String other = Integer.toString(60 + soFar);
        shop.kubectl(
                "annotate", "release", "web", "belay.dev/timeout=" + other + "s", "--overwrite")
            .succeeds();
        shop.kubectl("annotate", "deployment", "alone", "note=" + other, "--overwrite").succeeds();
        await("passes that read " + read, () -> connection.failed(fault) > soFar + 5);
        connection.heals();
      }

      shop.kubectl("set", "image", "deployment/alone", "web=example/shop-crashes:2").succeeds();
      send(shop, Workloads.deployment("a/crashes:2") + MAP.formatted("second"));
      shop.awaitCondition("web", "RolledBack", "True");
      shop.awaitCondition("alone", "RolledBack", "True");
      assertThat(uid(shop, "web")).isEqualTo(helms);
      assertThat(uid(shop, "alone")).isEqualTo(alones);
      assertThat(shop.get("deployment", "alone").toString()).contains("example/shop:1");
    }
  }

  /** Whoever may create Deployments could make lists unreadable for Belay so. */
  @Test
  void anObjectWithAVeryLongNameInItHidesNoOther() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Workloads.deployment("a/web:1"));
      shop.awaitStable("web", 1);
      shop.apply(Shop.deployment("victim", "victim", "example/shop:1", "victim"));
      shop.awaitCondition("victim", "Released", "True");
      String helms = uid(shop, "web");
      String victims = uid(shop, "victim");

      shop.kubectl("create", "-f", TestNamespace.file(poison())).succeeds();
      shop.kubectl("set", "image", "deployment/victim", "web=example/shop-crashes:2").succeeds();
      shop.awaitCondition("victim", "RolledBack", "True");
      send(shop, Workloads.deployment("a/crashes:2"));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(uid(shop, "web")).isEqualTo(helms);
      assertThat(uid(shop, "victim")).isEqualTo(victims);
    }
  }

  /** It is stored and restored like any other. */
  @Test
  void anObjectWithAVeryLongNameInItIsRestored() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(poison().replace("replicas: 0", "replicas: 1"));
      shop.awaitCondition("poison", "Released", "True");
      Map<String, KubeObject> good = shop.objects("deployments");
      shop.kubectl("set", "image", "deployment/poison", "a=example/shop-crashes:2").succeeds();
      shop.awaitCondition("poison", "RolledBack", "True");
      Sameness.assertSame(good, shop.objects("deployments"));
    }
  }

  @Test
  void oneRefusalOfAWriteEndsNoRollback() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      connection.fails(
          Fault.first(
              2,
              Fault.FORBIDDEN,
              (method, path) -> isWriteOf(shop, method, path, "/configmaps/web")));
      int soFar = connection.failed(Fault.FORBIDDEN);
      send(shop, Workloads.deployment("a/crashes:2") + MAP.formatted("second"));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(connection.failed(Fault.FORBIDDEN) - soFar).isEqualTo(2);
      assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("first");
    }
  }

  @Test
  void oneRefusalOfAReadLeavesNothingOutOfWhatIsStored() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      send(shop, Workloads.deployment("a/web:1") + MAP.formatted("first"));
      shop.awaitStable("web", 1);
      BiPredicate<String, String> read =
          (method, path) -> method.equals("GET") && path.endsWith(shop.name() + "/configmaps/web");
      connection.fails(Fault.first(1, Fault.FORBIDDEN, read));
      int soFar = connection.failed(Fault.FORBIDDEN);
      send(shop, Workloads.deployment("a/web:2") + MAP.formatted("second"));
      shop.awaitStable("web", 2);
      assertThat(connection.failed(Fault.FORBIDDEN) - soFar).isEqualTo(1);
      JsonNode status = shop.release("web").path("status");
      assertThat(status.has("notCovered")).isFalse();
      send(shop, Workloads.deployment("a/crashes:3") + MAP.formatted("third"));
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(shop.get("configmap", "web").at("/data/a").asText()).isEqualTo("second");
    }
  }

  private static boolean isWriteOf(TestNamespace shop, String method, String path, String object) {
    return !method.equals("GET") && !path.contains("dryRun") && path.contains(shop.name() + object);
  }

  private static void send(TestNamespace shop, String manifest) {
    shop.helm(Helm.HELM_4, "upgrade", "--install", "web", Chart.of(manifest)).succeeds();
  }

  private static String uid(TestNamespace shop, String release) {
    return shop.release(release).at("/metadata/uid").asText();
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(Duration.ofSeconds(60)).until(condition);
  }

  private static String poison() {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: poison, labels: {app: poison}}
    spec:
      replicas: 0
      selector: {matchLabels: {app: poison}}
      template:
        metadata: {labels: {app: poison}}
        spec: {containers: [{name: a, image: 'example/shop:1', env: [{name: %s, value: '1'}]}]}
    """
        .formatted("A".repeat(60_000));
  }
}
