package dev.belay.watcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.References;
import dev.belay.readiness.Trouble;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Reads the ConfigMaps and Secrets that Pods name, for a verdict on what they fail of. */
@ApplicationScoped
class PodData {

  private final Function<ObjectKey, Optional<KubeObject>> live;

  @Inject
  PodData(Objects objects) {
    this(key -> read(objects, key));
  }

  /** With what this finds in place of the cluster. */
  PodData(Function<ObjectKey, Optional<KubeObject>> live) {
    this.live = live;
  }

  /** Whether this is a ConfigMap or Secret. */
  static boolean isData(ObjectKey key) {
    return key.groupKind().equals("ConfigMap") || key.groupKind().equals("Secret");
  }

  /**
   * Digest of what Pods read of a ConfigMap or Secret. Labels and annotations are left out: each
   * version of a chart has others, and no Pod sees them.
   *
   * @param object as it is live, so that a Secret's {@code stringData} is in its {@code data}
   */
  static String digest(KubeObject object) {
    ObjectNode read = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("data", "binaryData", "type")) {
      JsonNode value = object.at(field);
      if (!value.isMissingNode() && !value.isNull() && !(value.isObject() && value.isEmpty())) {
        read.set(field, value);
      }
    }
    return ObjectDigest.of(KubeObject.of(read));
  }

  /**
   * Whether the Pods of this workload read other data of a ConfigMap or Secret than in the stable
   * revision.
   *
   * @param stable the {@link #digest} of each that the stable revision holds
   */
  boolean differs(KubeObject workload, Map<ObjectKey, String> stable) {
    return References.dataOfPods(workload).stream()
        .filter(stable::containsKey)
        .anyMatch(key -> !live.apply(key).map(PodData::digest).orElse("").equals(stable.get(key)));
  }

  /** Those that the Pods of this workload name and that are not there, optional ones included. */
  List<String> missing(KubeObject workload) {
    return References.dataOfPods(workload).stream()
        .filter(key -> live.apply(key).isEmpty())
        .map(ObjectKey::display)
        .sorted()
        .toList();
  }

  /** Whether what a node has missed is there now: it has not looked again since. */
  boolean has(Trouble.Missing missing) {
    return live.apply(missing.object())
        .filter(
            there ->
                missing.key().isEmpty()
                    || there.at("data").has(missing.key())
                    || there.at("binaryData").has(missing.key()))
        .isPresent();
  }

  /**
   * Whether a key is not in this ConfigMap or Secret, which only the client of the workload has
   * written: no injector fills it, and what it has is what was sent.
   *
   * @param workload whose Pods need the key
   */
  boolean neverComes(Trouble.Missing missing, KubeObject workload) {
    if (missing.key().isEmpty()) {
      return false;
    }
    Optional<KubeObject> holder = live.apply(missing.object());
    if (holder.isEmpty() || has(missing)) {
      return false;
    }
    Set<String> managers = managers(holder.get(), entry -> true);
    // The Deployment's controller writes annotations, under a name of its own.
    Set<String> clients =
        managers(workload, entry -> entry.path("fieldsV1").has("f:spec") && isWhole(entry));
    return managers.size() == 1 && clients.containsAll(managers);
  }

  private static boolean isWhole(JsonNode entry) {
    return entry.path("subresource").asText().isEmpty();
  }

  private static Set<String> managers(KubeObject object, Predicate<JsonNode> which) {
    return object.list("metadata", "managedFields").stream()
        .filter(which)
        .map(entry -> entry.path("manager").asText())
        .collect(Collectors.toSet());
  }

  /** What Belay may not read counts as missing: nothing is certain of it. */
  private static Optional<KubeObject> read(Objects objects, ObjectKey key) {
    try {
      return objects.get("v1", key.kind(), key.namespace(), key.name());
    } catch (ClusterException e) {
      if (!e.forbidden()) {
        throw e;
      }
      return Optional.empty();
    }
  }
}
