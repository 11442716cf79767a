package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which kinds the API server serves, and under which paths (aggregated discovery, v2, served by
 * every Kubernetes since 1.30). Read when first needed; read again when a kind is missing, at most
 * every {@link #FRESH}, since a release may have brought its own kinds.
 *
 * <p>That a kind is not served means that none of its objects is there. So one that was served is
 * missing only when it was missing twice, and none is while the API that serves it does not answer.
 */
@ApplicationScoped
public class Discovery {

  private static final Duration FRESH = Duration.ofSeconds(2);
  private static final String KIND = "APIGroupDiscovery";
  private static final String AGGREGATED =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

  /** Served by every API server: an answer without it is none. */
  private static final String ALWAYS = "v1/Namespace";

  private final ApiServer api;
  private volatile Map<String, ResourceType> types = Map.of();

  /** API versions whose server does not answer, so that their kinds may not be known. */
  private volatile Set<String> silent = Set.of();

  /** Kinds that were served, and that the last answer did not have. */
  private Set<String> missedOnce = Set.of();

  private volatile boolean doubted;
  private long readAtNanos = System.nanoTime() - Duration.ofDays(1).toNanos();

  public Discovery(ApiServer api) {
    this.api = api;
  }

  /**
   * The kind as served in this version; empty when the API server does not serve it.
   *
   * @throws ClusterException when the kinds can't be read, or not those of this version
   */
  public Optional<ResourceType> find(String apiVersion, String kind) {
    String key = apiVersion + "/" + kind;
    if (doubted || !types.containsKey(key)) {
      refresh();
    }
    ResourceType type = types.get(key);
    if (type == null && silent.contains(apiVersion)) {
      throw new ClusterException(
          "the API that serves %s does not answer, so whether it has a %s is not known"
              .formatted(apiVersion, kind),
          0);
    }
    return Optional.ofNullable(type);
  }

  /**
   * Asks the API server about objects of a kind that is served; should it not know the path, the
   * kinds are read again before the next question.
   */
  <T> T asking(Supplier<T> question) {
    try {
      return question.get();
    } catch (ClusterException e) {
      doubted |= e.isUnknownPath();
      throw e;
    }
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

  /** For tests: the next kind that is missing, or doubted, is looked for at once. */
  synchronized void forgetWhenRead() {
    readAtNanos = System.nanoTime() - Duration.ofDays(1).toNanos();
  }

  private synchronized void readAgain(long unlessSinceNanos) {
    if (readAtNanos - unlessSinceNanos > 0) {
      return;
    }
    long begun = System.nanoTime();
    Map<String, ResourceType> read = new HashMap<>();
    Set<String> stale = new HashSet<>();
    collect(api.getAs("/api", AGGREGATED), "reading the core API's kinds", read, stale);
    collect(api.getAs("/apis", AGGREGATED), "reading the APIs' kinds", read, stale);
    if (!read.containsKey(ALWAYS)) {
      throw new ClusterException("reading the core API's kinds: it names no Namespace", 0);
    }
    missedOnce = keepMissing(read, stale);
    silent = Set.copyOf(stale);
    types = Map.copyOf(read);
    doubted = false;
    readAtNanos = begun;
  }

  /** Keeps what was served until it is missing for the second time, and says what is missing. */
  private Set<String> keepMissing(Map<String, ResourceType> read, Set<String> stale) {
    Set<String> missing = new HashSet<>();
    types.forEach(
        (key, type) -> {
          boolean keep = stale.contains(type.apiVersion()) || !missedOnce.contains(key);
          if (!read.containsKey(key) && keep) {
            read.put(key, type);
            missing.add(key);
          }
        });
    return missing;
  }

  private static void collect(
      ApiResponse groups, String doing, Map<String, ResourceType> into, Set<String> stale) {
    for (JsonNode group : groups.items(doing, KIND)) {
      String name = group.path("metadata").path("name").asText("");
      for (JsonNode version : group.path("versions")) {
        String v = version.path("version").asText();
        if (version.path("freshness").asText("").equals("Stale")) {
          stale.add(ResourceType.apiVersion(name, v));
        }
        for (JsonNode resource : version.path("resources")) {
          String kind = resource.path("responseKind").path("kind").asText();
          ResourceType type =
              new ResourceType(
                  name,
                  v,
                  kind,
                  resource.path("resource").asText(),
                  resource.path("scope").asText().equals("Namespaced"));
          into.putIfAbsent(type.apiVersion() + "/" + kind, type);
        }
      }
    }
  }
}
