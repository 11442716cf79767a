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
  private final Reach reach;
  private final Set<String> excluded;

  public Namespaces(
      ApiServer api, Reach reach, @ConfigProperty(name = "belay.namespace") String own) {
    this.api = api;
    this.reach = reach;
    this.excluded = Set.of(own, "kube-system", "kube-public", "kube-node-lease");
  }

  /**
   * The mode of one namespace, read now; {@link Mode#NONE} when it is gone, going or out of reach.
   */
  public Mode mode(String namespace) {
    if (!reach.covers(namespace)) {
      return Mode.NONE;
    }
    ApiResponse response = api.get("/api/v1/namespaces/" + namespace);
    if (response.isGone(namespace)) {
      return Mode.NONE;
    }
    return mode(
        response.orThrow("reading namespace " + namespace).whole("Namespace", namespace).object());
  }

  /**
   * Whether what is in this namespace can be read now, as far as that depends on its being there.
   */
  public boolean isOpen(String namespace) {
    return reach.isOpenNow(namespace);
  }

  /** All labelled namespaces in reach, by name. */
  public Map<String, Mode> labelled() {
    Map<String, Mode> modes = new LinkedHashMap<>();
    reach.forEachNamespace(
        Names.MODE_LABEL,
        namespace -> {
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
