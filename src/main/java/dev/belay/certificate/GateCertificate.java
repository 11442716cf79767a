package dev.belay.certificate;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
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
 * A certificate for the gate, made by the gate: an authority that signs one leaf and is forgotten,
 * so that no key is left that could sign another.
 *
 * @param authority file with the certificate to trust
 * @param certificate file with the leaf
 * @param key file with the leaf's private key, readable by its owner only
 */
public record GateCertificate(Path authority, Path certificate, Path key) {

  /** How long a new certificate is valid. */
  static final Duration VALIDITY = Duration.ofDays(365);

  /** For clocks that are a little behind. */
  private static final Duration SKEW = Duration.ofMinutes(10);

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Makes a new certificate in this folder.
   *
   * @param names DNS names and IP addresses that the API server calls the gate by
   */
  public static GateCertificate create(Path folder, List<String> names, Instant now)
      throws IOException {
    try {
      Files.createDirectories(folder);
      KeyPair authorityKey = keyPair();
      X500Name issuer = new X500Name("CN=belay authority " + now);
      X509CertificateHolder authority =
          sign(
              builder(issuer, issuer, authorityKey, now)
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                  .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)),
              authorityKey);
      KeyPair leafKey = keyPair();
      GeneralName[] alternatives =
          names.stream().map(GateCertificate::alternative).toArray(GeneralName[]::new);
      X509CertificateHolder leaf =
          sign(
              builder(issuer, new X500Name("CN=belay"), leafKey, now)
                  .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                  .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                  .addExtension(
                      Extension.extendedKeyUsage,
                      false,
                      new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                  .addExtension(
                      Extension.subjectAlternativeName, false, new GeneralNames(alternatives)),
              authorityKey);
      Path key = folder.resolve("tls.key");
      Files.deleteIfExists(key);
      Files.createFile(
          key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(key, pem(new JcaPKCS8Generator(leafKey.getPrivate(), null)));
      return new GateCertificate(
          Files.writeString(folder.resolve("ca.crt"), pem(authority)),
          Files.writeString(folder.resolve("tls.crt"), pem(leaf)),
          key);
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("this Java runtime can't make an EC certificate", e);
    }
  }

  /** When the certificate in this PEM file ends. */
  public static Instant expiry(Path certificate) throws IOException {
    try (var in = Files.newInputStream(certificate)) {
      X509Certificate read =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
      return read.getNotAfter().toInstant();
    } catch (GeneralSecurityException e) {
      throw new IOException(certificate + " is no certificate", e);
    }
  }

  private static KeyPair keyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, X500Name subject, KeyPair key, Instant now) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(120, RANDOM),
        Date.from(now.minus(SKEW)),
        Date.from(now.plus(VALIDITY)),
        subject,
        key.getPublic());
  }

  private static X509CertificateHolder sign(X509v3CertificateBuilder certificate, KeyPair by)
      throws OperatorCreationException, CertIOException {
    return certificate.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate()));
  }

  private static GeneralName alternative(String name) {
    boolean address = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
