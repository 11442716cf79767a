package dev.belay.cluster;

import dev.belay.api.Mode;
import dev.belay.api.Names;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Which namespaces Belay works in. */
@ApplicationScoped
public class Namespaces {

  private final ApiServer api;
  private final Set<String> excluded;

  public Namespaces(ApiServer api, @ConfigProperty(name = "belay.namespace") String own) {
    this.api = api;
    this.excluded = Set.of(own, "kube-system", "kube-public", "kube-node-lease");
  }

  /** The mode of one namespace, read now; {@link Mode#NONE} when it is gone or going. */
  public Mode mode(String namespace) {
    ApiResponse response = api.get("/api/v1/namespaces/" + namespace);
    if (response.notFound()) {
      return Mode.NONE;
    }
    return mode(response.orThrow("reading namespace " + namespace).object());
  }

  /** All labelled namespaces, by name. */
  public Map<String, Mode> labelled() {
    Map<String, Mode> modes = new LinkedHashMap<>();
    api.listMetadata("/api/v1/namespaces?labelSelector=" + Names.MODE_LABEL)
        .orThrow("listing namespaces")
        .object()
        .list("items")
        .forEach(
            item -> {
              KubeObject namespace = KubeObject.of(item);
              if (mode(namespace) != Mode.NONE) {
                modes.put(namespace.name(), mode(namespace));
              }
            });
    return modes;
  }

  /** A label on Belay's own namespace, or on the control plane's, changes nothing. */
  private Mode mode(KubeObject namespace) {
    if (excluded.contains(namespace.name())
        || !namespace.text("", "metadata", "deletionTimestamp").isEmpty()) {
      return Mode.NONE;
    }
    return Mode.of(namespace.labels().getOrDefault(Names.MODE_LABEL, ""));
  }
}
