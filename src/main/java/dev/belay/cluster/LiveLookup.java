package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import dev.belay.validation.Found;
import dev.belay.validation.Lookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * What is live, asked of the API server while it is needed, and remembered. Bounded: {@value
 * #MAX_READS} reads, each of at most {@link #MAX_WAIT} and none beyond the deadline; lists of at
 * most {@value #MAX_ITEMS}. Whatever goes wrong, the answer is that it is not known, and after a
 * read without any answer no other one is made.
 *
 * <p>Of ConfigMaps and Secrets the names of the keys are kept, and no value, so that none can get
 * into a message.
 */
final class LiveLookup implements Lookup {

  static final int MAX_READS = 64;
  static final int MAX_ITEMS = 500;
  static final Duration MAX_WAIT = Duration.ofSeconds(2);

  /** With less time than this left, an answer would come too late to be used. */
  private static final Duration MIN_WAIT = Duration.ofMillis(20);

  private static final Logger LOG = Logger.getLogger(LiveLookup.class);
  private static final Set<String> WITH_VALUES = Set.of("ConfigMap", "Secret");

  private final Reads reads;
  private final Supplier<Duration> left;
  private final Map<String, Found> found = new HashMap<>();
  private final Map<String, Optional<List<KubeObject>>> listed = new HashMap<>();
  private int made;
  private boolean unanswered;

  /** How the API server is asked; empty when it does not serve the kind. */
  interface Reads {
    Optional<ApiResponse> get(
        String apiVersion, String kind, String namespace, String name, Duration timeout);

    Optional<ApiResponse> list(
        String apiVersion, String kind, String namespace, int limit, Duration timeout);
  }

  LiveLookup(Reads reads, Supplier<Duration> left) {
    this.reads = reads;
    this.left = left;
  }

  @Override
  public Found find(String apiVersion, String kind, String namespace, String name) {
    String key = String.join(" ", apiVersion, kind, namespace, name);
    Found known = found.get(key);
    if (known == null) {
      known =
          read(timeout -> reads.get(apiVersion, kind, namespace, name, timeout))
              .map(response -> found(response, apiVersion, kind, name))
              .orElse(Found.Unseen.UNKNOWN);
      found.put(key, known);
    }
    return known;
  }

  @Override
  public Optional<List<KubeObject>> list(String apiVersion, String kind, String namespace) {
    String key = String.join(" ", apiVersion, kind, namespace);
    Optional<List<KubeObject>> known = listed.get(key);
    if (known == null) {
      known =
          read(timeout -> reads.list(apiVersion, kind, namespace, MAX_ITEMS, timeout))
              .flatMap(response -> items(response, apiVersion, kind));
      listed.put(key, known);
    }
    return known;
  }

  private Optional<ApiResponse> read(Function<Duration, Optional<ApiResponse>> request) {
    Duration wait = left.get();
    if (unanswered || made >= MAX_READS || wait.compareTo(MIN_WAIT) < 0) {
      return Optional.empty();
    }
    made++;
    try {
      return request.apply(wait.compareTo(MAX_WAIT) < 0 ? wait : MAX_WAIT);
    } catch (ClusterException e) {
      LOG.debugf("looking up what is live: %s", e.getMessage());
      unanswered = true;
      return Optional.empty();
    }
  }

  /** Only the API server's own word for it means that an object is not there. */
  private static Found found(ApiResponse response, String apiVersion, String kind, String name) {
    if (response.ok() && response.object().name().equals(name)) {
      return new Found.There(typed(response.object().json(), apiVersion, kind));
    }
    return response.isGone(name) ? Found.Unseen.MISSING : Found.Unseen.UNKNOWN;
  }

  /** Empty where the answer is no list, or not all of it. */
  private static Optional<List<KubeObject>> items(
      ApiResponse response, String apiVersion, String kind) {
    if (!response.continues().isEmpty()) {
      return Optional.empty();
    }
    List<KubeObject> items = new ArrayList<>();
    try {
      for (JsonNode item : response.items("looking up what is live", kind)) {
        if (item instanceof ObjectNode object) {
          items.add(typed(object, apiVersion, kind));
        }
      }
    } catch (ClusterException e) {
      LOG.debugf("%s", e.getMessage());
      return Optional.empty();
    }
    return Optional.of(List.copyOf(items));
  }

  /** The items of a list don't say what they are; metadata alone says that it is metadata. */
  private static KubeObject typed(ObjectNode object, String apiVersion, String kind) {
    ObjectNode typed = WITH_VALUES.contains(kind) ? keysOnly(object) : object;
    typed.put("apiVersion", apiVersion).put("kind", kind);
    return new KubeObject(typed);
  }

  private static ObjectNode keysOnly(ObjectNode object) {
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    kept.put("type", object.path("type").asText(""));
    ObjectNode metadata = kept.putObject("metadata");
    metadata.put("name", object.path("metadata").path("name").asText(""));
    metadata.put("namespace", object.path("metadata").path("namespace").asText(""));
    // kubectl keeps a whole Secret in an annotation.
    keys(object.path("metadata"), "annotations", metadata);
    keys(object.path("metadata"), "labels", metadata);
    keys(object, "data", kept);
    keys(object, "binaryData", kept);
    return kept;
  }

  private static void keys(JsonNode from, String field, ObjectNode into) {
    ObjectNode kept = into.putObject(field);
    from.path(field).fieldNames().forEachRemaining(key -> kept.put(key, ""));
  }
}
