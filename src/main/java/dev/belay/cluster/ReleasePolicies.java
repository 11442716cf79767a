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
import org.jspecify.annotations.Nullable;

/**
 * The {@code ReleasePolicy}s of each namespace, read anew after {@link #FRESH}: they are asked for
 * in every review. Where they can't be read, those that were read last hold.
 */
@ApplicationScoped
public class ReleasePolicies {

  private static final Logger LOG = Logger.getLogger(ReleasePolicies.class);
  private static final Duration FRESH = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final String KIND = "ReleasePolicy";
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

  /** The policy for this release, as far as is known; empty where there is none. */
  public Optional<Named> known(String namespace, String release) {
    try {
      return of(namespace, release);
    } catch (ClusterException e) {
      LOG.warnf("the ReleasePolicies of %s could not be read: %s", namespace, e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * The policy for this release; empty where there is none.
   *
   * @throws ClusterException when they could never be read: what must not be done is not known then
   */
  public Optional<Named> of(String namespace, String release) {
    Read read = byNamespace.get(namespace);
    if (read == null || System.nanoTime() - read.atNanos() >= FRESH.toNanos()) {
      read = again(namespace, read);
    }
    return ReleasePolicy.of(read.policies(), release);
  }

  private Read again(String namespace, @Nullable Read last) {
    Read read;
    try {
      read = new Read(read(namespace), System.nanoTime());
    } catch (ClusterException e) {
      if (last == null) {
        throw e;
      }
      read = new Read(last.policies(), System.nanoTime());
    }
    if (byNamespace.size() >= MAX_NAMESPACES) {
      byNamespace.clear();
    }
    byNamespace.put(namespace, read);
    return read;
  }

  private List<Named> read(String namespace) {
    Optional<ResourceType> type = discovery.find(Names.API_VERSION, KIND);
    if (type.isEmpty()) {
      return List.of();
    }
    ApiResponse list = discovery.asking(() -> api.get(type.get().collection(namespace), TIMEOUT));
    List<Named> policies = new ArrayList<>();
    for (JsonNode item : list.items("listing ReleasePolicies in " + namespace, KIND)) {
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
