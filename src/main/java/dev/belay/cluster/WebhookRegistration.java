package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Names;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the installed webhook configurations pointed at this gate. The configurations themselves,
 * with their rules and selectors, are installed with the other manifests; Belay changes {@code
 * clientConfig} of its own entries and nothing else.
 */
@ApplicationScoped
public class WebhookRegistration {

  public static final String GROUP_VERSION = "admissionregistration.k8s.io/v1";

  /** The kinds that have one named {@value Names#WEBHOOK_CONFIGURATION}. */
  public static final List<String> KINDS =
      List.of("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration");

  private static final String SUFFIX = ".belay.dev";
  private static final String OBSERVE = ".observe";

  /** All gates write at the turn of an hour: whoever comes second reads again. */
  private static final int ATTEMPTS = 3;

  private final Objects objects;

  public WebhookRegistration(Objects objects) {
    this.objects = objects;
  }

  /**
   * Where the API server reaches the gate.
   *
   * @param url base URL; empty when it is a Service in the cluster
   * @param namespace namespace of the Service
   * @param service name of the Service
   * @param caBundle base64 of the authority's PEM
   * @param key makes the first element of every path, known to the configurations and the gate only
   * @param hour the present one, as this gate's clock says
   */
  public record Address(
      String url, String namespace, String service, String caBundle, GateKey key, long hour) {

    /**
     * Whether an entry that says this is left as it is. The path of the next hour is one that a
     * gate has written whose clock is ahead: all let it in, and would the others take it back, they
     * would write in turns until their clocks have caught up. So nobody ever goes back an hour; and
     * what is replaced at the turn of an hour is let in for the whole of the next one.
     */
    boolean leaves(JsonNode clientConfig, String entry) {
      return clientConfig.equals(clientConfig(entry, hour))
          || clientConfig.equals(clientConfig(entry, hour + 1));
    }

    ObjectNode clientConfig(String entry) {
      return clientConfig(entry, hour);
    }

    private ObjectNode clientConfig(String entry, long hour) {
      String path = path(key.path(hour), entry);
      ObjectNode config = JsonNodeFactory.instance.objectNode();
      if (url.isEmpty()) {
        config
            .putObject("service")
            .put("namespace", namespace)
            .put("name", service)
            .put("path", path)
            .put("port", 443);
      } else {
        config.put("url", url + path);
      }
      return config.put("caBundle", caBundle);
    }
  }

  /**
   * Points the entries at this address, if they are not already.
   *
   * @return whether both configurations are installed
   */
  public boolean point(Address address) {
    boolean installed = true;
    for (String kind : KINDS) {
      installed &= point(kind, address);
    }
    return installed;
  }

  private boolean point(String kind, Address address) {
    for (int attempt = 1; ; attempt++) {
      Optional<KubeObject> installed =
          objects.get(GROUP_VERSION, kind, "", Names.WEBHOOK_CONFIGURATION);
      if (installed.isEmpty()) {
        return false;
      }
      KubeObject changed = pointed(installed.get(), address);
      if (changed.equals(installed.get())) {
        return true;
      }
      ApiResponse response = objects.replace(changed);
      if (!response.conflict() || attempt == ATTEMPTS) {
        response.orThrow("pointing the webhooks at this gate");
        return true;
      }
    }
  }

  private static KubeObject pointed(KubeObject installed, Address address) {
    KubeObject changed = installed.copy();
    for (JsonNode webhook : changed.list("webhooks")) {
      String name = webhook.path("name").asText();
      if (name.endsWith(SUFFIX)) {
        String entry = name.substring(0, name.length() - SUFFIX.length());
        if (!address.leaves(webhook.path("clientConfig"), entry)) {
          ((ObjectNode) webhook).set("clientConfig", address.clientConfig(entry));
        }
      }
    }
    return changed;
  }

  /**
   * The entry's name says what it is for: {@code early} in {@code early.belay.dev}, {@code
   * early.observe} in {@code early.observe.belay.dev}.
   */
  private static String path(String secret, String entry) {
    return entry.endsWith(OBSERVE)
        ? "/%s/observe/%s".formatted(secret, entry.substring(0, entry.length() - OBSERVE.length()))
        : "/%s/enforce/%s".formatted(secret, entry);
  }
}
