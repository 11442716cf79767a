package dev.belay.it;

import static dev.belay.it.GateCertificate.awaitRefusal;
import static dev.belay.it.GateCertificate.awaitServed;
import static dev.belay.it.GateCertificate.base64;
import static dev.belay.it.GateCertificate.created;
import static dev.belay.it.GateCertificate.served;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.certificate.Identity;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A certificate that somebody else makes and renews, in a Secret such as cert-manager writes. */
@Alone
@Tag("long")
class ProvidedCertificateIT {

  private static final Duration VALIDITY = Duration.ofDays(90);

  @BeforeEach
  void end() {
    BelayProcess.shutDown();
    deleteSecret();
  }

  @AfterEach
  void letBelayMakeItsOwn() {
    end();
  }

  @Test
  void itIsServedAndTrustedAndSoIsTheNextOneWithoutARestart() throws Exception {
    write("create", created(Instant.now(), VALIDITY));
    BelayProcess belay = BelayProcess.instead(Map.of("BELAY_CERTIFICATE", "provided"));
    try (TestNamespace shop = TestNamespace.enforced()) {
      awaitRefusal(shop);
      X509Certificate before = served();
      // Of another authority: the webhooks have to be told of it too.
      write("replace", created(Instant.now(), VALIDITY));
      String version = version();
      awaitServed(before);
      awaitRefusal(shop);
      assertThat(belay.isAlive()).isTrue();
      assertThat(version()).as("Belay does not write it").isEqualTo(version);
    }
  }

  @Test
  void whatCantBeServedIsLeftAndTheOneBeforeIsServed() throws Exception {
    write("create", created(Instant.now(), VALIDITY));
    BelayProcess.instead(Map.of("BELAY_CERTIFICATE", "provided"));
    try (TestNamespace shop = TestNamespace.enforced()) {
      awaitRefusal(shop);
      X509Certificate before = served();
      Identity expired = created(Instant.now().minus(Duration.ofDays(3)), Duration.ofDays(2));
      write("replace", expired);
      String version = version();
      Awaitility.await("it is said")
          .atMost(TestNamespace.PATIENCE)
          .until(
              () ->
                  !BelayProcess.logged("belay-gate-tls can't be served: its tls.crt is valid until")
                      .isEmpty());
      assertThat(served()).isEqualTo(before);
      assertThat(version()).isEqualTo(version);
      awaitRefusal(shop);
    }
  }

  private static void write(String verb, Identity made) {
    String secret =
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: belay-gate-tls
          namespace: belay-system
          annotations: {cert-manager.io/certificate-name: belay-gate}
          labels: {controller.cert-manager.io/fao: "true"}
        type: kubernetes.io/tls
        data: {ca.crt: "%s", tls.crt: "%s", tls.key: "%s"}
        """
            .formatted(base64(made.authority()), base64(made.certificate()), base64(made.key()));
    TestNamespace.kubectlAnywhere(verb, "-f", TestNamespace.file(secret)).succeeds();
  }

  private static void deleteSecret() {
    TestNamespace.kubectlAnywhere(
            "delete", "secret", "belay-gate-tls", "-n", "belay-system", "--ignore-not-found")
        .succeeds();
  }

  private static String version() {
    return TestNamespace.kubectlAnywhere(
            "get",
            "secret",
            "belay-gate-tls",
            "-n",
            "belay-system",
            "-o",
            "jsonpath={.metadata.resourceVersion}")
        .succeeds()
        .out();
  }
}
