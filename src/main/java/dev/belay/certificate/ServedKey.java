package dev.belay.certificate;

import jakarta.inject.Singleton;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate that the HTTP server proves itself with, asked for by each new connection: the
 * server is not restarted for another one, nor its TLS options replaced, which would break
 * connections that come at that moment. Without one, every connection is refused.
 */
@Singleton
public class ServedKey extends X509ExtendedKeyManager {

  /** Name of the TLS configuration that the HTTP server uses. */
  public static final String TLS = "gate";

  private volatile @Nullable Leaf current;

  /** A connection that has begun with it goes on with it. */
  private volatile @Nullable Leaf before;

  /**
   * Serves the current certificate of these from now on.
   *
   * @throws IllegalArgumentException when it is none that could be served
   */
  public synchronized void serve(StoredCertificates certificates) {
    Leaf next =
        Leaf.of(
                certificates.certificate(),
                certificates.key(),
                Leaf.certificates(certificates.authorities()))
            .orElseThrow(() -> new IllegalArgumentException("no certificate with its key"));
    before = current;
    current = next;
  }

  /** When what is served ends; nothing while nothing is. */
  public Optional<Instant> expiry() {
    return Optional.ofNullable(current).map(leaf -> leaf.certificate().getNotAfter().toInstant());
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal[] issuers, SSLEngine engine) {
    return chooseServerAlias(keyType, issuers, null);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    Leaf leaf = current;
    return leaf != null && leaf.key().getAlgorithm().equals(keyType) ? alias(leaf) : null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Leaf leaf = leaf(alias);
    return leaf == null ? null : leaf.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Leaf leaf = leaf(alias);
    return leaf == null ? null : leaf.key();
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal[] issuers) {
    String alias = chooseServerAlias(keyType, issuers, null);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal[] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
    return null;
  }

  /** Key and chain are asked for one after the other, and have to be of one leaf. */
  private @Nullable Leaf leaf(String alias) {
    for (Leaf leaf : new Leaf[] {current, before}) {
      if (leaf != null && alias(leaf).equals(alias)) {
        return leaf;
      }
    }
    return null;
  }

  private static String alias(Leaf leaf) {
    return leaf.certificate().getSerialNumber().toString();
  }
}
