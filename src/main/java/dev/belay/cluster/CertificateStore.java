package dev.belay.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.certificate.Rotation;
import dev.belay.certificate.StoredCertificates;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The Secret with the certificate that all replicas of the gate serve. Whichever replica finds
 * first that something is due writes it; the others read it within seconds.
 */
@ApplicationScoped
public class CertificateStore {

  private static final Logger LOG = Logger.getLogger(CertificateStore.class);

  /** Name of the Secret, in Belay's namespace. */
  public static final String NAME = "belay-gate-tls";

  private static final String AUTHORITIES = "ca.crt";
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String NEXT_CERTIFICATE = "next.crt";
  private static final String NEXT_KEY = "next.key";

  private final Objects objects;
  private final String namespace;

  public CertificateStore(
      Objects objects, @ConfigProperty(name = "belay.namespace") String namespace) {
    this.objects = objects;
    this.namespace = namespace;
  }

  /**
   * What is to be served now, after writing what was due.
   *
   * @throws ClusterException with code 409 when another replica has written at the same moment
   */
  public StoredCertificates rotated(Rotation rotation, Instant now) {
    Optional<KubeObject> secret = read();
    StoredCertificates stored =
        secret.map(CertificateStore::certificates).orElse(StoredCertificates.NONE);
    StoredCertificates due = rotation.next(stored, now);
    if (due.equals(stored)) {
      return stored;
    }
    ApiResponse written =
        secret.isEmpty()
            ? objects.create(with(OwnSecrets.empty(namespace, NAME, "kubernetes.io/tls"), due))
            : objects.replace(with(secret.get().copy(), due));
    written.orThrow("writing Secret " + NAME);
    LOG.infof("Secret %s/%s: %s", namespace, NAME, step(stored, due));
    return due;
  }

  /**
   * What somebody else keeps there, cert-manager mostly.
   *
   * @throws ClusterException when there is nothing that could be served
   */
  public StoredCertificates provided(Rotation rotation, Instant now) {
    StoredCertificates stored =
        read().map(CertificateStore::certificates).orElse(StoredCertificates.NONE);
    Optional<String> wrong = rotation.wrong(stored, now);
    if (wrong.isPresent()) {
      throw new ClusterException(
          "Secret %s/%s can't be served: %s; BELAY_CERTIFICATE is provided, so Belay leaves it to whoever makes it"
              .formatted(namespace, NAME, wrong.get()),
          0);
    }
    return stored;
  }

  private Optional<KubeObject> read() {
    return objects.get("v1", "Secret", namespace, NAME);
  }

  private static String step(StoredCertificates stored, StoredCertificates due) {
    if (due.certificate().equals(stored.certificate())) {
      return due.nextCertificate().isEmpty()
          ? "the authority of before is no longer trusted"
          : "the next certificate is made, and trusted from now on";
    }
    return due.certificate().equals(stored.nextCertificate())
        ? "the next certificate is served from now on"
        : "a new certificate, since there was none that could be served";
  }

  private static StoredCertificates certificates(KubeObject secret) {
    return new StoredCertificates(
        text(secret, AUTHORITIES),
        text(secret, CERTIFICATE),
        text(secret, KEY),
        text(secret, NEXT_CERTIFICATE),
        text(secret, NEXT_KEY));
  }

  private static String text(KubeObject secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret.text("", "data", key)), StandardCharsets.UTF_8);
  }

  private static KubeObject with(KubeObject secret, StoredCertificates certificates) {
    ObjectNode data = secret.json().withObjectProperty("data");
    put(data, AUTHORITIES, certificates.authorities());
    put(data, CERTIFICATE, certificates.certificate());
    put(data, KEY, certificates.key());
    put(data, NEXT_CERTIFICATE, certificates.nextCertificate());
    put(data, NEXT_KEY, certificates.nextKey());
    return secret;
  }

  private static void put(ObjectNode data, String key, String text) {
    if (text.isEmpty()) {
      data.remove(key);
    } else {
      data.put(key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
