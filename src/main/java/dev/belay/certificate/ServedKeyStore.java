package dev.belay.certificate;

import io.quarkus.tls.KeyStoreAndKeyCertOptions;
import io.quarkus.tls.KeyStoreProvider;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

/** Gives the HTTP server's TLS configuration its key, and no other one: the management port's. */
@Singleton
@Identifier(ServedKey.TLS)
class ServedKeyStore implements KeyStoreProvider {

  private final ServedKey key;

  ServedKeyStore(ServedKey key) {
    this.key = key;
  }

  @Override
  public KeyStoreAndKeyCertOptions getKeyStore(Vertx vertx) {
    try {
      KeyStore none = KeyStore.getInstance(KeyStore.getDefaultType());
      none.load(null, null);
      return new KeyStoreAndKeyCertOptions(none, KeyCertOptions.wrap(key));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this Java runtime can't make an empty key store", e);
    }
  }
}
