package dev.belay.certificate;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What a gate proves with that it is the gate, in PEM: an authority that has signed one leaf and is
 * forgotten, so that no key is left that could sign another.
 *
 * @param authority the certificate to trust
 * @param certificate the leaf
 * @param key the leaf's private key
 */
public record Identity(String authority, String certificate, String key) {

  /** For clocks that are a little behind: valid from as long before it is made. */
  static final Duration SKEW = Duration.ofMinutes(10);

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Makes a new one.
   *
   * @param names DNS names and IP addresses that the API server calls the gate by
   * @param validity from now on
   */
  public static Identity make(Collection<String> names, Instant now, Duration validity) {
    try {
      KeyPair authorityKey = keyPair();
      X500Name issuer = new X500Name("CN=belay authority " + now);
      X509CertificateHolder authority =
          sign(
              builder(issuer, issuer, authorityKey, now, validity)
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                  .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)),
              authorityKey);
      KeyPair leafKey = keyPair();
      GeneralName[] alternatives =
          names.stream().map(Identity::alternative).toArray(GeneralName[]::new);
      X509CertificateHolder leaf =
          sign(
              builder(issuer, new X500Name("CN=belay"), leafKey, now, validity)
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                  .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                  .addExtension(
                      Extension.extendedKeyUsage,
                      false,
                      new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                  .addExtension(
                      Extension.subjectAlternativeName, false, new GeneralNames(alternatives)),
              authorityKey);
      return new Identity(
          pem(authority), pem(leaf), pem(new JcaPKCS8Generator(leafKey.getPrivate(), null)));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this Java runtime can't make an EC certificate", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A key is in no message. */
  @Override
  public String toString() {
    return "Identity[" + certificate + "]";
  }

  /** Whether this name of a gate is an IP address, not a DNS name. */
  static boolean isAddress(String name) {
    return name.indexOf(':') >= 0 || name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair key, Instant now, Duration validity) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(120, RANDOM),
        Date.from(now.minus(SKEW)),
        Date.from(now.plus(validity)),
        subject,
        key.getPublic());
  }

  private static X509CertificateHolder sign(X509v3CertificateBuilder certificate, KeyPair by)
      throws OperatorCreationException, CertIOException {
    return certificate.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate()));
  }

  private static GeneralName alternative(String name) {
    return new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
