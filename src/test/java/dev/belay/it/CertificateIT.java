package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.certificate.Identity;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever becomes of the certificate: seconds later the gate is asked again, by no restart. */
@Alone
class CertificateIT {

  private static final String BAD =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: web}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        maxReplicas: -10
      """;

  private static final List<String> NAMES =
      List.of("belay.belay-system.svc", "belay.belay-system.svc.cluster.local", "127.0.0.1");
  private static final String[] WEBHOOKS = {
    "validatingwebhookconfiguration/belay", "mutatingwebhookconfiguration/belay"
  };

  @Test
  void aDeletedCertificateIsMadeAnew() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      X509Certificate before = served();
      TestNamespace.kubectlAnywhere("delete", "secret", "belay-gate-tls", "-n", "belay-system")
          .succeeds();
      awaitServed(before);
      awaitRefusal(shop);
    }
  }

  @Test
  void oneThatIsNoCertificateOrHasExpiredIsReplaced() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      X509Certificate before = served();
      patchSecret("garbage", "garbage", "garbage");
      before = awaitServed(before);
      awaitRefusal(shop);
      Identity expired = created(Instant.now().minus(Duration.ofDays(3)), Duration.ofDays(2));
      patchSecret(expired.authority(), expired.certificate(), expired.key());
      awaitServed(before);
      awaitRefusal(shop);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"foreign", "missing"})
  void anotherAuthorityInTheWebhooksIsPutRight(String authority) throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String patch =
          authority.equals("missing")
              ? "{\"op\": \"remove\", \"path\": \"/webhooks/0/clientConfig/caBundle\"}"
              : "{\"op\": \"replace\", \"path\": \"/webhooks/0/clientConfig/caBundle\", \"value\": \"%s\"}"
                  .formatted(base64(created(Instant.now(), Duration.ofDays(1)).authority()));
      for (String webhooks : WEBHOOKS) {
        TestNamespace.kubectlAnywhere("patch", webhooks, "--type=json", "-p", "[" + patch + "]")
            .succeeds();
      }
      awaitRefusal(shop);
    }
  }

  @Test
  void theNextOneIsServedWithoutARestartAndWithoutAGap() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced()) {
      awaitRefusal(shop);
      X509Certificate before = served();
      Identity next = created(Instant.now().minus(Duration.ofHours(2)), Duration.ofDays(90));
      patchSecret(
          Map.of(
              "ca.crt",
              next.authority() + secret("ca\\.crt"),
              "next.crt",
              next.certificate(),
              "next.key",
              next.key()));
      X509Certificate after = awaitServed(before);
      assertThat(after.getEncoded())
          .isEqualTo(Base64.getMimeDecoder().decode(bare(next.certificate())));
      awaitRefusal(shop);
    }
  }

  @Test
  void twoGatesServeTheSameAndDoNotFight() throws Exception {
    BelayProcess.running();
    BelayProcess another = BelayProcess.another();
    try {
      assertThat(served(another)).isEqualTo(served());
    } finally {
      another.end();
    }
    try (TestNamespace shop = TestNamespace.enforced()) {
      awaitRefusal(shop);
    }
  }

  private static void awaitRefusal(TestNamespace shop) {
    String file = TestNamespace.file(BAD);
    Awaitility.await("the gate is asked again")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> shop.kubectl("create", "-f", file).err().contains("early.belay.dev"));
  }

  private static X509Certificate served() throws Exception {
    return served(BelayProcess.running());
  }

  /** Waits until another certificate than this one is served. */
  private static X509Certificate awaitServed(X509Certificate before) {
    return Awaitility.await("another certificate is served")
        .atMost(Duration.ofSeconds(30))
        .until(CertificateIT::served, now -> !now.equals(before));
  }

  private static X509Certificate served(BelayProcess process) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustingAll()}, null);
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket("127.0.0.1", process.gate("/").getPort())) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static Identity created(Instant at, Duration validity) {
    return Identity.make(NAMES, at, validity);
  }

  private static void patchSecret(String authority, String certificate, String key) {
    patchSecret(Map.of("ca.crt", authority, "tls.crt", certificate, "tls.key", key));
  }

  private static void patchSecret(Map<String, String> texts) {
    String data =
        texts.entrySet().stream()
            .map(text -> "\"%s\": \"%s\"".formatted(text.getKey(), base64(text.getValue())))
            .collect(Collectors.joining(", "));
    TestNamespace.kubectlAnywhere(
            "patch",
            "secret",
            "belay-gate-tls",
            "-n",
            "belay-system",
            "--type=merge",
            "-p",
            "{\"data\": {" + data + "}}")
        .succeeds();
  }

  private static String secret(String key) {
    String stored =
        TestNamespace.kubectlAnywhere(
                "get",
                "secret",
                "belay-gate-tls",
                "-n",
                "belay-system",
                "-o",
                "jsonpath={.data." + key + "}")
            .succeeds()
            .out();
    return new String(Base64.getDecoder().decode(stored), StandardCharsets.US_ASCII);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String bare(String pem) {
    return pem.replaceAll("-----[A-Z ]+-----", "");
  }

  /** Only what is served is looked at. */
  private static final class TrustingAll implements X509TrustManager {

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
