package dev.belay.cli;

import dev.belay.certificate.Rotation;
import dev.belay.certificate.ServedKey;
import dev.belay.certificate.StoredCertificates;
import dev.belay.cluster.CertificateStore;
import dev.belay.cluster.ServerClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The certificate that this process serves: that of the Secret, from a moment after it has changed
 * there, without a restart.
 */
@ApplicationScoped
class ServedCertificate {

  private static final Logger LOG = Logger.getLogger(ServedCertificate.class);

  private final CertificateStore store;
  private final ServedKey key;
  private final boolean provided;
  private final Rotation rotation;
  private final ServerClock clock;
  private StoredCertificates served = StoredCertificates.NONE;

  ServedCertificate(
      CertificateStore store,
      ServedKey key,
      @ConfigProperty(name = "belay.tls.names") Optional<List<String>> names,
      @ConfigProperty(name = "belay.certificate") Source source,
      @ConfigProperty(name = "belay.certificate-validity") Duration validity,
      ServerClock clock) {
    this.store = store;
    this.key = key;
    this.provided = source == Source.PROVIDED;
    this.rotation = new Rotation(names.orElse(List.of()), validity);
    this.clock = clock;
  }

  /** Who makes the certificate. */
  enum Source {
    /** Belay itself. */
    OWN,
    /** Somebody else, who keeps the Secret. */
    PROVIDED
  }

  /**
   * Serves what the Secret says now.
   *
   * @return the authorities that the API server is to trust, in PEM
   * @throws dev.belay.cluster.ClusterException when the Secret can't be read or written, or holds
   *     nothing that could be served
   */
  synchronized String refresh() {
    StoredCertificates now =
        provided ? store.provided(rotation, clock.now()) : store.rotated(rotation, clock.now());
    if (!now.certificate().equals(served.certificate()) || !now.key().equals(served.key())) {
      key.serve(now);
      served = now;
      LOG.infof("serving the certificate of Secret %s", CertificateStore.NAME);
    }
    return now.authorities();
  }
}
