package dev.belay.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * A leaf certificate as it was stored, with what is to be known of it.
 *
 * @param chain the leaf first, and those that come with it
 * @param key the leaf's private key
 * @param authority the one of the stored authorities that has signed it
 */
record Leaf(List<X509Certificate> chain, PrivateKey key, X509Certificate authority) {

  X509Certificate certificate() {
    return chain.getFirst();
  }

  /**
   * The leaf in these texts; empty unless it is one, the key is its own, and one of the authorities
   * vouches for it.
   */
  static Optional<Leaf> of(String certificate, String key, List<X509Certificate> authorities) {
    List<X509Certificate> chain = certificates(certificate);
    Optional<PrivateKey> read = privateKey(key);
    if (chain.isEmpty()
        || read.isEmpty()
        || !isKeyOf(read.get(), chain.getFirst().getPublicKey())) {
      return Optional.empty();
    }
    return authorities.stream()
        .filter(authority -> signs(authority, chain))
        .findFirst()
        .map(authority -> new Leaf(List.copyOf(chain), read.get(), authority));
  }

  /** All certificates in a PEM text, in their order; none when it is something else. */
  static List<X509Certificate> certificates(String pem) {
    List<X509Certificate> all = new ArrayList<>();
    try {
      CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
          .forEach(certificate -> all.add((X509Certificate) certificate));
    } catch (CertificateException e) {
      return List.of();
    }
    return all;
  }

  /** Whether it can be served now, to a caller that uses these names. */
  boolean serves(Collection<String> names, Instant now) {
    return validAt(certificate(), now)
        && validAt(authority, now)
        && names().containsAll(normal(names));
  }

  /** When it was made. */
  Instant made() {
    return certificate().getNotBefore().toInstant().plus(Identity.SKEW);
  }

  /** Whether less than a third of its time is left, or of its authority's. */
  boolean old(Instant now) {
    return old(certificate(), now) || old(authority, now);
  }

  static boolean validAt(X509Certificate certificate, Instant now) {
    return !now.isBefore(certificate.getNotBefore().toInstant())
        && now.isBefore(certificate.getNotAfter().toInstant());
  }

  private static boolean old(X509Certificate certificate, Instant now) {
    Instant end = certificate.getNotAfter().toInstant();
    Duration all =
        Duration.between(certificate.getNotBefore().toInstant().plus(Identity.SKEW), end);
    return Duration.between(now, end).multipliedBy(3).compareTo(all) < 0;
  }

  private Set<String> names() {
    Set<String> names = new HashSet<>();
    try {
      Collection<List<?>> alternatives = certificate().getSubjectAlternativeNames();
      if (alternatives != null) {
        alternatives.forEach(name -> names.add(String.valueOf(name.get(1))));
      }
    } catch (CertificateException e) {
      return Set.of();
    }
    return names;
  }

  /** As a certificate spells them. */
  private static Set<String> normal(Collection<String> names) {
    Set<String> normal = new HashSet<>();
    for (String name : names) {
      try {
        normal.add(Identity.isAddress(name) ? InetAddress.getByName(name).getHostAddress() : name);
      } catch (IOException e) {
        normal.add(name);
      }
    }
    return normal;
  }

  /** Directly, or by the intermediate ones that come with the leaf. */
  private static boolean signs(X509Certificate authority, List<X509Certificate> chain) {
    for (int i = 0; i < chain.size() - 1; i++) {
      if (!verifies(chain.get(i + 1), chain.get(i)) || chain.get(i).equals(authority)) {
        return chain.get(i).equals(authority);
      }
    }
    return chain.getLast().equals(authority) || verifies(authority, chain.getLast());
  }

  private static boolean verifies(X509Certificate authority, X509Certificate certificate) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean isKeyOf(PrivateKey key, PublicKey of) {
    try {
      String algorithm =
          switch (of.getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> of.getAlgorithm();
          };
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update((byte) 1);
      byte[] signed = signature.sign();
      signature.initVerify(of);
      signature.update((byte) 1);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      // Of another kind, it is not this certificate's key.
      return false;
    }
  }

  private static Optional<PrivateKey> privateKey(String pem) {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      Object read = parser.readObject();
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      if (read instanceof PrivateKeyInfo info) {
        return Optional.of(converter.getPrivateKey(info));
      }
      return read instanceof PEMKeyPair pair
          ? Optional.of(converter.getKeyPair(pair).getPrivate())
          : Optional.empty();
    } catch (IOException | RuntimeException e) {
      // Whatever it is, it is no key.
      return Optional.empty();
    }
  }
}
