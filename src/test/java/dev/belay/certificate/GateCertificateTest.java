package dev.belay.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
import org.junit.jupiter.api.io.TempDir;

class GateCertificateTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final List<String> NAMES =
      List.of("belay.belay-system.svc", "localhost", "127.0.0.1", "::1");

  @TempDir Path folder;

  @Test
  void the_chain_is_valid_from_now_on_for_its_whole_time() throws Exception {
    GateCertificate made = create();
    for (Instant at :
        new Instant[] {
          NOW.minus(Duration.ofMinutes(9)), NOW, NOW.plus(GateCertificate.VALIDITY).minusSeconds(1)
        }) {
      validate(made, at);
    }
    assertThatThrownBy(() -> validate(made, NOW.plus(GateCertificate.VALIDITY).plusSeconds(1)))
        .hasMessageContaining("validity");
  }

  @Test
  void the_authority_of_one_certificate_does_not_vouch_for_another() throws Exception {
    GateCertificate one = create();
    GateCertificate other = GateCertificate.create(folder.resolve("other"), NAMES, NOW);
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
    GateCertificate made = create();
    X509Certificate leaf = read(made.certificate());
    assertThat(leaf.getBasicConstraints()).as("no authority").isEqualTo(-1);
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(read(made.authority()).getBasicConstraints()).as("may sign leaves only").isZero();
    assertThat(leaf.getSerialNumber()).isNotEqualTo(read(made.authority()).getSerialNumber());
  }

  @Test
  void the_key_is_the_leafs_and_in_a_form_that_java_reads() throws Exception {
    GateCertificate made = create();
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
  void only_its_owner_can_read_the_key_even_if_an_open_one_was_there() throws Exception {
    Path key = Files.writeString(folder.resolve("tls.key"), "old");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-rw-rw-"));
    GateCertificate made = create();
    assertThat(made.key()).isEqualTo(key);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.key())))
        .isEqualTo("rw-------");
  }

  @Test
  void the_key_of_the_authority_is_kept_nowhere() throws Exception {
    create();
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("ca.crt", "tls.crt", "tls.key");
    }
  }

  @Test
  void its_end_can_be_read() throws Exception {
    assertThat(GateCertificate.expiry(create().certificate()))
        .isEqualTo(NOW.plus(GateCertificate.VALIDITY));
  }

  @Test
  void a_file_that_is_no_certificate_is_said_by_its_name() throws Exception {
    Path nothing = Files.writeString(folder.resolve("tls.crt"), "nothing");
    assertThatThrownBy(() -> GateCertificate.expiry(nothing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tls.crt");
    assertThatThrownBy(() -> GateCertificate.expiry(folder.resolve("none")))
        .isInstanceOf(IOException.class);
    Path empty = Files.writeString(folder.resolve("empty.crt"), "");
    assertThatThrownBy(() -> GateCertificate.expiry(empty)).isInstanceOf(IOException.class);
  }

  private GateCertificate create() throws IOException {
    return GateCertificate.create(folder, NAMES, NOW);
  }

  private static void validate(GateCertificate made, Instant at) throws Exception {
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

  private static X509Certificate read(Path file) throws Exception {
    try (var in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static byte[] pem(Path file, String type) throws IOException {
    String text = Files.readString(file);
    assertThat(text).startsWith("-----BEGIN " + type + "-----");
    return Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
  }
}
