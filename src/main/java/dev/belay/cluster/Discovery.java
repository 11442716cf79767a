package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which kinds the API server serves, and under which paths (aggregated discovery, v2, served by
 * every Kubernetes since 1.30). Read when first needed; read again when a kind is missing, at most
 * every {@link #FRESH}, since a release may have brought its own kinds.
 */
@ApplicationScoped
public class Discovery {

  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final String AGGREGATED =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

  private final ApiServer api;
  private volatile Map<String, ResourceType> types = Map.of();
  private long readAtNanos = System.nanoTime() - Duration.ofDays(1).toNanos();

  public Discovery(ApiServer api) {
    this.api = api;
  }

  /** The kind as served in this version; empty when the API server does not serve it. */
  public Optional<ResourceType> find(String apiVersion, String kind) {
    String key = apiVersion + "/" + kind;
    if (!types.containsKey(key)) {
      refresh();
    }
    return Optional.ofNullable(types.get(key));
  }

  /**
   * Makes certain that no kind is missed that was served at this time: the kinds are read again
   * when one of these objects' is missing and they were read before it.
   *
   * @param nanos a time of {@link System#nanoTime()}
   * @throws ClusterException when they can't be read
   */
  public void knownSince(long nanos, Collection<KubeObject> objects) {
    for (KubeObject object : objects) {
      if (!types.containsKey(object.apiVersion() + "/" + object.kind())) {
        readAgain(nanos);
        return;
      }
    }
  }

  private void refresh() {
    readAgain(System.nanoTime() - FRESH.toNanos());
  }

  private synchronized void readAgain(long unlessSinceNanos) {
    if (readAtNanos - unlessSinceNanos > 0) {
      return;
    }
    long begun = System.nanoTime();
    Map<String, ResourceType> read = new HashMap<>();
    collect(api.getAs("/api", AGGREGATED).orThrow("reading the core API's kinds").body(), read);
    collect(api.getAs("/apis", AGGREGATED).orThrow("reading the APIs' kinds").body(), read);
    types = Map.copyOf(read);
    readAtNanos = begun;
  }

  private static void collect(JsonNode groups, Map<String, ResourceType> into) {
    for (JsonNode group : groups.path("items")) {
      String name = group.path("metadata").path("name").asText("");
      for (JsonNode version : group.path("versions")) {
        String v = version.path("version").asText();
        for (JsonNode resource : version.path("resources")) {
          String kind = resource.path("responseKind").path("kind").asText();
          ResourceType type =
              new ResourceType(
                  name,
                  v,
                  kind,
                  resource.path("resource").asText(),
                  resource.path("scope").asText().equals("Namespaced"));
          into.putIfAbsent((name.isEmpty() ? v : name + "/" + v) + "/" + kind, type);
        }
      }
    }
  }
}
