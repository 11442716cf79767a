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
   * @param secretPath first element of every path, known to the configurations and the gate only
   */
  public record Address(
      String url, String namespace, String service, String caBundle, String secretPath) {

    ObjectNode clientConfig(String path) {
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
    Optional<KubeObject> installed =
        objects.get(GROUP_VERSION, kind, "", Names.WEBHOOK_CONFIGURATION);
    if (installed.isEmpty()) {
      return false;
    }
    KubeObject changed = installed.get().copy();
    for (JsonNode webhook : changed.list("webhooks")) {
      String name = webhook.path("name").asText();
      if (name.endsWith(SUFFIX)) {
        ((ObjectNode) webhook).set("clientConfig", address.clientConfig(path(address, name)));
      }
    }
    if (!changed.equals(installed.get())) {
      objects.replace(changed).orThrow("pointing the webhooks at this gate");
    }
    return true;
  }

  /**
   * The entry's name says what it is for: {@code early.belay.dev}, {@code early.observe.belay.dev}.
   */
  private static String path(Address address, String name) {
    String entry = name.substring(0, name.length() - SUFFIX.length());
    return entry.endsWith(OBSERVE)
        ? "/%s/observe/%s"
            .formatted(address.secretPath(), entry.substring(0, entry.length() - OBSERVE.length()))
        : "/%s/enforce/%s".formatted(address.secretPath(), entry);
  }
}
