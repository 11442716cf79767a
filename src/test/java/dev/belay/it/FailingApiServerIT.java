package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One of ten requests of Belay fails: {@code 429}, {@code 500}, a connection that ends, an answer
 * that is cut or lost. Each rollback ends all the same, and nothing is done twice. Which requests
 * fail follows from a seed, which the test's name has.
 */
@Alone
class FailingApiServerIT {

  private static final String KINDS =
      "deployments,services,configmaps,secrets,horizontalpodautoscalers";

  private static final int PERCENT = 10;
  private static final Duration ALL_WITHIN = Duration.ofSeconds(60);
  private static final Path REPORT = Path.of("target", "failing-api-server.txt");

  private FailingConnection connection;
  private final List<TestNamespace> shops = new ArrayList<>();

  @BeforeEach
  void begin() throws Exception {
    connection = new FailingConnection(BelayProcess.kubeconfig());
    BelayProcess.instead(Map.of("KUBECONFIG", connection.kubeconfig()));
  }

  @AfterEach
  void end() {
    connection.heals();
    shops.forEach(TestNamespace::close);
    BelayProcess.shutDown();
    connection.close();
  }

  @Test
  void rollbacksEndWhileOneOfTenRequestsFails() throws IOException {
    rollBack(3, 5, 1);
  }

  /** Run by {@code -Dfailing=.}: minutes each. */
  @ParameterizedTest(name = "{0} releases of {1} objects, seed {2}")
  @CsvSource({"5,5,1", "5,5,2", "5,5,3", "5,50,1", "5,50,2", "5,50,3"})
  @EnabledIfSystemProperty(named = "failing", matches = ".+")
  void allOfThemEndWithinAMinute(int releases, int objects, long seed) throws IOException {
    rollBack(releases, objects, seed);
  }

  private void rollBack(int releases, int objects, long seed) throws IOException {
    String chart = chart(objects);
    for (int i = 0; i < releases; i++) {
      shops.add(TestNamespace.enforced());
    }
    Together.each(shops, shop -> shop.helm(Helm.HELM_4, "install", "shop", chart).succeeds());
    Map<TestNamespace, Map<String, KubeObject>> good = new HashMap<>();
    for (TestNamespace shop : shops) {
      shop.awaitStable("shop", 1);
      good.put(shop, own(shop));
      assertThat(good.get(shop)).hasSize(objects);
    }
    connection.fails(Fault.some(seed, PERCENT));
    Together.each(shops, FailingApiServerIT.upgrade(chart));
    long begun = System.nanoTime();
    Awaitility.await("all of them are rolled back; " + connection.summary())
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> shops.stream().allMatch(FailingApiServerIT::isRolledBack));
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    connection.heals();
    report(
        "%d releases of %d objects, seed %d: %d s; %s"
            .formatted(releases, objects, seed, took.toSeconds(), connection.summary()));
    for (TestNamespace shop : shops) {
      Sameness.assertSame(good.get(shop), own(shop));
      assertThat(shop.history(Helm.HELM_4, "shop"))
          .as(shop.name())
          .hasSize(3)
          .last()
          .asString()
          .startsWith("3 deployed Rollback to 1: ");
      assertThat(shop.release("shop").at("/status/stable/revision").asInt()).isEqualTo(1);
    }
    assertThat(took).isLessThan(ALL_WITHIN);
  }

  private static boolean isRolledBack(TestNamespace shop) {
    return TestNamespace.condition(shop.release("shop").path("status"), "RolledBack")
        .equals("True");
  }

  private static Together.Step<TestNamespace> upgrade(String chart) {
    return shop ->
        shop.helm(
                Helm.HELM_4,
                "upgrade",
                "shop",
                chart,
                "--set",
                "image=example/shop-crashes:2,greeting=Hello,port=8080,max=9")
            .succeeds();
  }

  /** Those of the release: Kubernetes, Helm and Belay keep others beside them. */
  private static Map<String, KubeObject> own(TestNamespace shop) {
    Map<String, KubeObject> objects = shop.objects(KINDS);
    objects.keySet().removeIf(name -> !name.matches("\\w+/web(-\\d+)?"));
    return objects;
  }

  private static String chart(int objects) {
    String maps =
        String.join(
            "",
            IntStream.rangeClosed(1, objects - 5)
                .mapToObj(
                    i ->
                        "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: web-%d}, data: {GREETING: '{{ .Values.greeting }}'}}\n"
                            .formatted(i))
                .toList());
    return Chart.of(
        """
        {{- $image := .Values.image | default "example/shop:1" }}
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
                - name: web
                  image: '{{ $image }}'
                  envFrom: [{configMapRef: {name: web}}, {secretRef: {name: web}}]
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {GREETING: '{{ .Values.greeting }}'}}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: web}, stringData: {word: 'of {{ .Values.greeting }}'}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {app: web}, ports: [{port: {{ .Values.port | default 80 }}}]}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 1
          maxReplicas: {{ .Values.max | default 5 }}
        """
            + maps);
  }

  private static void report(String line) throws IOException {
    System.out.println(line);
    Files.writeString(REPORT, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
