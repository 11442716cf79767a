package dev.belay.cluster;

import com.google.re2j.Pattern;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The Secret that all replicas of the gate share: the key of which the part of the webhooks' paths
 * is made that nobody can guess. A refusal is recorded and may lead to a rollback, so only the API
 * server may ask for one; it reads the path in the webhook configurations, which ordinary users
 * can't.
 */
@ApplicationScoped
public class GateSecret {

  /** Name of the Secret, in Belay's namespace. */
  public static final String NAME = "belay-gate";

  private static final String KEY = "key";
  private static final int BYTES = 32;
  private static final Pattern USABLE = Pattern.compile("[0-9a-f]{" + 2 * BYTES + "}");

  private final Objects objects;
  private final String namespace;

  public GateSecret(Objects objects, @ConfigProperty(name = "belay.namespace") String namespace) {
    this.objects = objects;
    this.namespace = namespace;
  }

  /** The key, 64 hexadecimal digits; made when there is none yet. */
  public GateKey read() {
    Optional<KubeObject> stored = objects.get("v1", "Secret", namespace, NAME);
    if (stored.isEmpty()) {
      ApiResponse created = objects.create(fresh());
      if (created.conflict()) {
        throw new ClusterException("another gate has just made Secret " + NAME, 409);
      }
      stored = Optional.of(created.orThrow("creating Secret " + NAME).object());
    }
    String key =
        new String(
            Base64.getDecoder().decode(stored.get().text("", "data", KEY)),
            StandardCharsets.US_ASCII);
    if (!USABLE.matcher(key).matches()) {
      throw new ClusterException(
          "Secret %s/%s has no usable data.%s; `kubectl delete secret %s -n %s` makes it new"
              .formatted(namespace, NAME, KEY, NAME, namespace),
          0);
    }
    return new GateKey(key);
  }

  private KubeObject fresh() {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    KubeObject secret = OwnSecrets.empty(namespace, NAME, "Opaque");
    secret.json().putObject("stringData").put(KEY, HexFormat.of().formatHex(random));
    return secret;
  }
}
