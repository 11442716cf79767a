package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.SpanReceiver.Span;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a collector is sent. */
@Alone
class TracesIT {

  private SpanReceiver collector;

  @BeforeEach
  void collect() throws Exception {
    collector = new SpanReceiver();
  }

  @AfterEach
  void end() {
    BelayProcess.shutDown();
    collector.close();
  }

  @Test
  void aReviewAndARollbackArriveAsTraces() throws Exception {
    BelayProcess.instead(
        Map.of(
            "BELAY_TRACES_ENDPOINT",
            collector.endpoint(),
            "QUARKUS_OTEL_BSP_SCHEDULE_DELAY",
            "200ms"));
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      upgrade(shop, "hpa.target=-10").fails();
      upgrade(shop, "image.name=example/shop-crashes,password=hush-hush").succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      reviews(shop);
      rollback(shop);
      goesOn(shop);
    }
    assertThat(collector.spans())
        .as("the gate's own first reviews are nobody's")
        .noneMatch(span -> span.has("k8s.namespace.name", "belay-system"));
    assertThat(collector.raw())
        .doesNotContain(BelayProcess.secretPath())
        .doesNotContain("hush-hush");
  }

  @Test
  void nothingIsSentUnlessItIsAskedFor() throws Exception {
    BelayProcess belay =
        BelayProcess.instead(Map.of("QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint()));
    try (TestNamespace shop = TestNamespace.enforced()) {
      upgrade(shop, "image.tag=2.0", "--install").succeeds();
      shop.awaitStable("shop", 1);
    }
    belay.stop(); // What is not sent by then is sent now.
    assertThat(collector.raw()).isEmpty();
  }

  private void reviews(TestNamespace shop) {
    Span passed =
        await(
            "the review that passed",
            span ->
                of(shop, span)
                    && span.name().equals("review preflight")
                    && span.has("belay.result", "allowed")
                    && span.has("belay.object", "Secret/sh.helm.release.v1.shop.v2"));
    Span asked =
        await(
            "a question of it",
            span ->
                span.name().equals("dry run")
                    && span.isPartOf(passed)
                    && span.has("belay.object", "Deployment/web"));
    assertThat(asked.attributes())
        .containsEntry("http.request.method", "PATCH")
        .containsEntry("http.response.status_code", "200");
    await(
        "the review that refused",
        span ->
            of(shop, span)
                && span.name().equals("review preflight")
                && span.has("belay.result", "denied"));
  }

  private void rollback(TestNamespace shop) {
    await("what was proven", span -> change(shop, span, "promoted", "1"));
    Span failed = await("what failed", span -> change(shop, span, "rolled_back", "2"));
    assertThat(failed.attributes()).containsEntry("belay.reason", "CrashLoop");
    assertThat(failed.failed()).isTrue();
    Span rollback =
        await("its rollback", span -> span.name().equals("rollback") && span.isPartOf(failed));
    assertThat(rollback.attributes()).containsEntry("belay.outcome", "succeeded");
    Span pass = await("its pass", span -> span.name().equals("restore") && span.isPartOf(rollback));
    List<Span> steps =
        collector.spans().stream()
            .filter(span -> span.name().equals("step") && span.isPartOf(pass))
            .toList();
    assertThat(steps)
        .extracting(span -> span.attributes().get("belay.object"))
        .contains("Deployment/web", "ConfigMap/web", "Secret/web", "Service/web");
  }

  /** The API server of these tests traces nothing, so its part is played. */
  private void goesOn(TestNamespace shop) {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    String review =
        """
        {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1",
         "request":{"uid":"a","operation":"CREATE","namespace":"%s",
         "userInfo":{"username":"admin","groups":["system:masters"]},
         "object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"traced"}}}}
        """
            .formatted(shop.name());
    Command.run(
            Map.of(),
            List.of(
                "curl",
                "-fsSk",
                "-H",
                "traceparent: 00-" + trace + "-b7ad6b7169203331-01",
                "-d",
                review,
                BelayProcess.running()
                    .gate("/" + BelayProcess.secretPath() + "/enforce/early?timeout=5s")
                    .toString()))
        .succeeds();
    Span asked =
        await(
            "the review in it",
            span -> span.traceId().equals(trace) && span.name().equals("review early"));
    assertThat(asked.parentId()).isEqualTo("b7ad6b7169203331");
    assertThat(asked.attributes()).containsEntry("belay.object", "ConfigMap/traced");
    await("its question", span -> span.name().equals("dry run") && span.isPartOf(asked));
  }

  private static boolean change(TestNamespace shop, Span span, String verdict, String revision) {
    return of(shop, span)
        && span.name().equals("change")
        && span.has("belay.verdict", verdict)
        && span.has("belay.helm_revision", revision)
        && span.has("belay.release", "shop");
  }

  private static boolean of(TestNamespace shop, Span span) {
    return span.has("k8s.namespace.name", shop.name());
  }

  private Span await(String what, Predicate<Span> wanted) {
    return Awaitility.await(what)
        .atMost(TestNamespace.PATIENCE)
        .until(
            () -> collector.spans().stream().filter(wanted).findFirst(),
            java.util.Optional::isPresent)
        .orElseThrow();
  }

  private static Command upgrade(TestNamespace shop, String values, String... options) {
    List<String> words =
        new java.util.ArrayList<>(List.of("upgrade", "shop", TestNamespace.SHOP, "--set", values));
    words.addAll(List.of(options));
    return shop.helm(Helm.HELM_4, words.toArray(String[]::new));
  }
}
