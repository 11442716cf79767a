package dev.belay.it;

import static dev.belay.it.GateCertificate.awaitRefusal;
import static dev.belay.it.GateCertificate.awaitServed;
import static dev.belay.it.GateCertificate.base64;
import static dev.belay.it.GateCertificate.created;
import static dev.belay.it.GateCertificate.served;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.certificate.Identity;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever becomes of the certificate: seconds later the gate is asked again, by no restart. */
@Alone
class CertificateIT {

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

  private static String bare(String pem) {
    return pem.replaceAll("-----[A-Z ]+-----", "");
  }
}
