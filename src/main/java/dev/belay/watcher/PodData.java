package dev.belay.watcher;

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

  /**
   * Whether a key is not in this ConfigMap or Secret, which has been written by one client only: no
   * injector fills it, and what it has is what was sent.
   */
  boolean neverComes(Trouble.Missing missing) {
    if (missing.key().isEmpty()) {
      return false;
    }
    Optional<KubeObject> live = live(missing.object());
    return live.isPresent()
        && !live.get().at("data").has(missing.key())
        && !live.get().at("binaryData").has(missing.key())
        && live.get().list("metadata", "managedFields").stream()
                .map(entry -> entry.path("manager").asText())
                .collect(Collectors.toSet())
                .size()
            == 1;
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
