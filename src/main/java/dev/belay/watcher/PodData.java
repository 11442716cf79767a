package dev.belay.watcher;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.References;
import dev.belay.readiness.Trouble;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Reads the ConfigMaps and Secrets that Pods name, for a verdict on what they fail of. */
@ApplicationScoped
class PodData {

  private final Objects objects;

  PodData(Objects objects) {
    this.objects = objects;
  }

  /**
   * Whether one that the Pods of this workload read is otherwise than in the stable revision.
   *
   * @param stable the digests of what that holds
   */
  boolean differs(KubeObject workload, Map<ObjectKey, String> stable) {
    return References.dataOfPods(workload).stream()
        .filter(stable::containsKey)
        .anyMatch(key -> !live(key).map(ObjectDigest::of).orElse("").equals(stable.get(key)));
  }

  /** Those that the Pods of this workload name and that are not there, optional ones included. */
  List<String> missing(KubeObject workload) {
    return References.dataOfPods(workload).stream()
        .filter(key -> live(key).isEmpty())
        .map(ObjectKey::display)
        .sorted()
        .toList();
  }

  /** Whether what a node has missed is there now: it has not looked again since. */
  boolean has(Trouble.Missing missing) {
    return live(missing.object())
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
    Optional<KubeObject> live = live(missing.object());
    if (live.isEmpty()
        || live.get().at("data").has(missing.key())
        || live.get().at("binaryData").has(missing.key())) {
      return false;
    }
    Set<String> managers = managers(live.get(), entry -> true);
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
  private Optional<KubeObject> live(ObjectKey key) {
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
