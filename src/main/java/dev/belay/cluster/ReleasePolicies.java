package dev.belay.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.api.Names;
import dev.belay.api.ReleasePolicy;
import dev.belay.api.ReleasePolicy.Named;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * The {@code ReleasePolicy}s of each namespace, read anew after {@link #FRESH}: they are asked for
 * in every review. Where they can't be read, those that were read last hold, and else none.
 */
@ApplicationScoped
public class ReleasePolicies {

  private static final Logger LOG = Logger.getLogger(ReleasePolicies.class);
  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final int MAX_NAMESPACES = 10_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ApiServer api;
  private final Discovery discovery;
  private final Map<String, Read> byNamespace = new ConcurrentHashMap<>();

  private record Read(List<Named> policies, long atNanos) {}

  public ReleasePolicies(ApiServer api, Discovery discovery) {
    this.api = api;
    this.discovery = discovery;
  }

  /** The policy for this release; empty where there is none. */
  public Optional<Named> of(String namespace, String release) {
    return ReleasePolicy.of(in(namespace), release);
  }

  private List<Named> in(String namespace) {
    Read read = byNamespace.get(namespace);
    if (read != null && System.nanoTime() - read.atNanos() < FRESH.toNanos()) {
      return read.policies();
    }
    List<Named> policies;
    try {
      policies = read(namespace);
    } catch (ClusterException e) {
      LOG.warnf("the ReleasePolicies of %s could not be read: %s", namespace, e.getMessage());
      policies = read == null ? List.of() : read.policies();
    }
    if (byNamespace.size() >= MAX_NAMESPACES) {
      byNamespace.clear();
    }
    byNamespace.put(namespace, new Read(policies, System.nanoTime()));
    return policies;
  }

  private List<Named> read(String namespace) {
    Optional<ResourceType> type = discovery.find(Names.API_VERSION, "ReleasePolicy");
    if (type.isEmpty()) {
      return List.of();
    }
    JsonNode list =
        api.get(type.get().collection(namespace), TIMEOUT)
            .orThrow("listing ReleasePolicies in " + namespace)
            .body();
    List<Named> policies = new ArrayList<>();
    for (JsonNode item : list.path("items")) {
      String name = item.path("metadata").path("name").asText();
      try {
        policies.add(new Named(name, JSON.treeToValue(item.path("spec"), ReleasePolicy.class)));
      } catch (JsonProcessingException e) {
        LOG.warnf(
            "ReleasePolicy %s/%s is not used, it can't be read: %s",
            namespace, name, e.getOriginalMessage());
      }
    }
    return List.copyOf(policies);
  }
}
