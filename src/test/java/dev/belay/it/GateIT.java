package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gate, as the API server and as a stranger call it. */
class GateIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String UID = "705ab4f5-6393-11e8-b7cc-42010a800002";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''",
        "not json",
        "{\"kind\": [",
        "[]",
        "null",
        "{}",
        "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}",
        "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}",
        "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{}}",
        "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1beta1\",\"request\":{\"uid\":\"a\"}}",
      })
  void whatIsNoReviewGetsAClearBadRequest(String body) throws Exception {
    HttpResponse<String> response = post(body.getBytes(StandardCharsets.UTF_8));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).isNotBlank().doesNotContain("Exception", "Source");
  }

  @Test
  void whoDoesNotKnowThePathIsTurnedAway() throws Exception {
    for (String path :
        new String[] {"preflight", "0".repeat(64), "%2e", "x/../" + "0".repeat(64)}) {
      HttpResponse<String> response = post(path, record(""));
      assertThat(response.statusCode()).isEqualTo(404);
      assertThat(response.body()).isEmpty();
    }
  }

  @Test
  void tenMegabytesAreTooMany() throws Exception {
    assertThat(post(new byte[10 * 1024 * 1024]).statusCode()).isEqualTo(413);
  }

  @Test
  void aWrongTypeInsideTheObjectIsTheApiServersToComplainAbout() throws Exception {
    assertAllowed(review("{\"type\":7,\"metadata\":[],\"data\":\"x\"}"), "");
    assertAllowed(review("{\"spec\":{\"replicas\":\"three\"}}"), "");
    assertAllowed(review("\"text\""), "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"not base64 !", "bm90IGd6aXA=", "", "H4sIAAAAAAAA"})
  void aBrokenHelmPayloadIsLetThroughWithAWarning(String payload) throws Exception {
    assertAllowed(record(payload), "Belay could not read Helm's record");
  }

  @Test
  void aPayloadThatInflatesWithoutEndIsLetThroughInTime() throws Exception {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
      byte[] zeros = new byte[1024 * 1024];
      for (int i = 0; i < 1024; i++) {
        gzip.write(zeros);
      }
    }
    assertAllowed(
        record(Base64.getEncoder().encodeToString(bomb.toByteArray())),
        "Belay could not read Helm's record");
  }

  @Test
  void aManifestThatIsNoYamlIsLetThroughWithAWarning() throws Exception {
    String release =
        """
        {"name":"a","namespace":"b","version":1,"info":{"status":"pending-install"},
         "manifest":"a: [unclosed"}
        """;
    assertAllowed(
        record(Base64.getEncoder().encodeToString(release.getBytes(StandardCharsets.UTF_8))),
        "not valid YAML");
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void whatTheApiServerWouldRefuseHalfWayIsRefusedBefore(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(helm, "install", "all", TestNamespace.EVERYTHING).succeeds();
      shop.awaitStable("all", 1);
      // The Service's port is only looked at by the API server: no rule of Belay knows it.
      shop.helm(helm, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      String said =
          shop.helm(
                  helm,
                  "upgrade",
                  "shop",
                  TestNamespace.SHOP,
                  "--set",
                  "service.port=70000,greeting=Hi")
              .fails();
      assertThat(said).contains("Service/web").contains("spec.ports[0].port").contains("70000");
      assertThat(shop.get("configmap", "web").at("/data/GREETING").asText()).isEqualTo("Welcome");
      assertThat(shop.history(helm, "shop")).hasSize(1);
    }
  }

  @Test
  void anObservedNamespaceIsWarnedAndAnUnlabelledOneIsLeftAlone() {
    String bad = "hpa.target=-10";
    try (TestNamespace observed = TestNamespace.unlabelled().mode("observe");
        TestNamespace unlabelled = TestNamespace.unlabelled()) {
      String said =
          observed.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP, "--set", bad).fails();
      assertThat(said).contains("Belay would refuse").contains("must be greater than 0");
      assertThat(observed.exists("deployment", "web")).isTrue();

      said =
          unlabelled.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP, "--set", bad).fails();
      assertThat(said).contains("must be greater than 0").doesNotContain("Belay");
      assertThat(unlabelled.exists("deployment", "web")).isTrue();
      assertThat(unlabelled.kubectl("get", "releases").out()).isEmpty();
    }
  }

  @Test
  @Alone
  void withBelayDownTheClusterWorksAsWithoutIt() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      BelayProcess.kill();
      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", "greeting=Hi")
          .succeeds();
      shop.kubectl("scale", "deployment", "web", "--replicas=1").succeeds();

      BelayProcess.running();
      shop.awaitStable("shop", 2);
    }
  }

  @Test
  void healthAndMetricsAreOnTheManagementPort() throws Exception {
    BelayProcess belay = BelayProcess.running();
    for (String check : new String[] {"live", "ready", "started"}) {
      HttpResponse<String> response = belay.management("/q/health/" + check);
      assertThat(response.statusCode()).as(check).isEqualTo(200);
    }
    // A process that starts while its webhooks are deleted is not restarted for that.
    assertThat(belay.management("/q/health/started").body()).doesNotContain("webhook");
    assertThat(belay.management("/q/health").body())
        .contains("certificate", "api-server", "webhook", "watcher", "leading");
    assertThat(post(record("")).statusCode()).isEqualTo(200);
    assertThat(belay.management("/q/metrics").body())
        .contains("belay_reviews_total{result=\"allowed\",webhook=\"preflight\"}");
  }

  private static void assertAllowed(byte[] review, String warning) throws Exception {
    HttpResponse<String> response = post(review);
    assertThat(response.statusCode()).isEqualTo(200);
    JsonNode answer = JSON.readTree(response.body());
    assertThat(answer.path("apiVersion").asText()).isEqualTo("admission.k8s.io/v1");
    assertThat(answer.path("kind").asText()).isEqualTo("AdmissionReview");
    assertThat(answer.at("/response/uid").asText()).isEqualTo(UID);
    assertThat(answer.at("/response/allowed").asBoolean()).isTrue();
    assertThat(answer.at("/response/warnings").toString()).contains(warning);
  }

  private static byte[] record(String payload) {
    String stored = Base64.getEncoder().encodeToString(payload.getBytes(StandardCharsets.UTF_8));
    return review(
        """
        {"apiVersion":"v1","kind":"Secret","type":"helm.sh/release.v1",
         "metadata":{"name":"sh.helm.release.v1.a.v1","labels":{"owner":"helm","name":"a","version":"1"}},
         "data":{"release":"%s"}}
        """
            .formatted(stored));
  }

  private static byte[] review(String object) {
    return """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",
         "request":{"uid":"%s","operation":"CREATE","namespace":"default","object":%s}}
        """
        .formatted(UID, object)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static HttpResponse<String> post(byte[] body) throws Exception {
    BelayProcess.running();
    return post(BelayProcess.secretPath(), body);
  }

  private static HttpResponse<String> post(String path, byte[] body) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trustingAll())
            .build()) {
      return client.send(
          HttpRequest.newBuilder(
                  BelayProcess.running().gate("/" + path + "/enforce/preflight?timeout=10s"))
              .header("Content-Type", "application/json")
              .timeout(Duration.ofSeconds(10))
              // The answer to a body that is too large comes before the body is sent.
              .expectContinue(true)
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  /** A stranger does not check who he talks to. */
  private static SSLContext trustingAll() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {
          new X509ExtendedTrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] c, String a, Socket s) {}

            @Override
            public void checkServerTrusted(X509Certificate[] c, String a, Socket s) {}

            @Override
            public void checkClientTrusted(X509Certificate[] c, String a, SSLEngine e) {}

            @Override
            public void checkServerTrusted(X509Certificate[] c, String a, SSLEngine e) {}

            @Override
            public void checkClientTrusted(X509Certificate[] c, String a) {}

            @Override
            public void checkServerTrusted(X509Certificate[] c, String a) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
              return new X509Certificate[0];
            }
          }
        },
        null);
    return context;
  }
}
