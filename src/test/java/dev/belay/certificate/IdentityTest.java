package dev.belay.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentityTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final List<String> NAMES =
      List.of("belay.belay-system.svc", "localhost", "127.0.0.1", "::1");

  private static final Duration VALIDITY = Duration.ofDays(90);

  @Test
  void the_chain_is_valid_from_now_on_for_its_whole_time() throws Exception {
    Identity made = create();
    for (Instant at :
        new Instant[] {NOW.minus(Duration.ofMinutes(9)), NOW, NOW.plus(VALIDITY).minusSeconds(1)}) {
      validate(made, at);
    }
    assertThatThrownBy(() -> validate(made, NOW.plus(VALIDITY).plusSeconds(1)))
        .hasMessageContaining("validity");
  }

  @Test
  void the_authority_of_one_certificate_does_not_vouch_for_another() throws Exception {
    Identity one = create();
    Identity other = create();
    read(one.certificate()).verify(read(one.authority()).getPublicKey());
    assertThatThrownBy(() -> read(one.certificate()).verify(read(other.authority()).getPublicKey()))
        .isInstanceOf(SignatureException.class);
  }

  @Test
  void it_names_all_dns_names_and_addresses_of_the_gate() throws Exception {
    assertThat(read(create().certificate()).getSubjectAlternativeNames())
        .extracting(name -> name.get(0) + " " + name.get(1))
        .containsExactly(
            "2 belay.belay-system.svc", "2 localhost", "7 127.0.0.1", "7 0:0:0:0:0:0:0:1");
  }

  @Test
  void the_leaf_may_serve_and_sign_nothing() throws Exception {
    Identity made = create();
    X509Certificate leaf = read(made.certificate());
    assertThat(leaf.getBasicConstraints()).as("no authority").isEqualTo(-1);
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(read(made.authority()).getBasicConstraints()).as("may sign leaves only").isZero();
    assertThat(leaf.getSerialNumber()).isNotEqualTo(read(made.authority()).getSerialNumber());
  }

  @Test
  void the_key_is_the_leafs_and_in_a_form_that_java_reads() throws Exception {
    Identity made = create();
    PrivateKey key =
        KeyFactory.getInstance("EC")
            .generatePrivate(new PKCS8EncodedKeySpec(pem(made.key(), "PRIVATE KEY")));
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update((byte) 7);
    byte[] signed = signature.sign();
    signature.initVerify(read(made.certificate()).getPublicKey());
    signature.update((byte) 7);
    assertThat(signature.verify(signed)).isTrue();
  }

  @Test
  void no_key_is_in_a_message() {
    assertThat(create().toString()).contains("CERTIFICATE").doesNotContain("KEY");
  }

  private static Identity create() {
    return Identity.make(NAMES, NOW, VALIDITY);
  }

  private static void validate(Identity made, Instant at) throws Exception {
    PKIXParameters trust =
        new PKIXParameters(Set.of(new TrustAnchor(read(made.authority()), null)));
    trust.setRevocationEnabled(false);
    trust.setDate(Date.from(at));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509")
                .generateCertPath(List.of(read(made.certificate()))),
            trust);
  }

  private static X509Certificate read(String pem) {
    return Leaf.certificates(pem).getFirst();
  }

  private static byte[] pem(String text, String type) {
    assertThat(text).startsWith("-----BEGIN " + type + "-----");
    return Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
  }
}
