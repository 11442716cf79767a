package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Names;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Keeps the installed webhook configuration pointed at this gate. The configuration itself, with
 * its rules and selectors, is installed with the other manifests; Belay changes {@code
 * clientConfig} of its own entries and nothing else.
 */
@ApplicationScoped
public class WebhookRegistration {

  private static final String GROUP_VERSION = "admissionregistration.k8s.io/v1";
  private static final String KIND = "ValidatingWebhookConfiguration";
  private static final String SUFFIX = ".belay.dev";

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
   */
  public record Address(String url, String namespace, String service, String caBundle) {

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
   * @return whether the configuration is installed
   */
  public boolean point(Address address) {
    Optional<KubeObject> installed =
        objects.get(GROUP_VERSION, KIND, "", Names.WEBHOOK_CONFIGURATION);
    if (installed.isEmpty()) {
      return false;
    }
    KubeObject changed = installed.get().copy();
    for (JsonNode webhook : changed.list("webhooks")) {
      String name = webhook.path("name").asText();
      if (name.endsWith(SUFFIX)) {
        // The entry's name says which of the gate's paths it is for: preflight.belay.dev.
        String path = "/" + name.substring(0, name.length() - SUFFIX.length());
        ((ObjectNode) webhook).set("clientConfig", address.clientConfig(path));
      }
    }
    if (!changed.equals(installed.get())) {
      objects.replace(changed).orThrow("pointing the webhooks at this gate");
    }
    return true;
  }
}
