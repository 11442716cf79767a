package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How long a workload may go without progress by its own spec; a week at most. */
final class OwnTime {

  private static final String DEADLINE = "progressDeadlineSeconds";
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /** What the API server writes where a Deployment says nothing (apps/v1/defaults.go). */
  private static final long DEFAULT_DEADLINE = 600;

  private OwnTime() {}

  /** Startup probe, readiness probe, minReadySeconds, and the Pods that have to end before. */
  static Duration of(KubeObject object, Related related) {
    long seconds = object.number(0, "spec", "minReadySeconds");
    long probes = 0;
    JsonNode pod =
        object.key().groupKind().equals("Pod")
            ? object.at("spec")
            : object.podTemplate().path("spec");
    for (String list : List.of("containers", "initContainers")) {
      for (JsonNode container : pod.path(list)) {
        JsonNode startup = container.path("startupProbe");
        JsonNode readiness = container.path("readinessProbe");
        long startupSeconds =
            startup.isObject()
                ? startup.path("initialDelaySeconds").asLong(0)
                    + startup.path("periodSeconds").asLong(10)
                        * (startup.path("failureThreshold").asLong(3) + 1)
                : 0;
        long readinessSeconds =
            readiness.isObject()
                ? readiness.path("initialDelaySeconds").asLong(0)
                    + readiness.path("periodSeconds").asLong(10)
                : 0;
        probes = Math.max(probes, startupSeconds + readinessSeconds);
      }
    }
    long ending = waitsForOldPods(object) ? ending(object, related) : 0;
    long own = Math.max(seconds + probes, deadline(object)) + ending;
    return Duration.ofSeconds(Math.max(0, Math.min(own, Advance.MAX_SECONDS)));
  }

  /** Whether a new Pod is made only when an old one is gone, not beside it. */
  private static boolean waitsForOldPods(KubeObject object) {
    return switch (object.key().groupKind()) {
      case "StatefulSet.apps" -> true;
      case "DaemonSet.apps" -> {
        JsonNode surge = object.at("spec", "updateStrategy", "rollingUpdate", "maxSurge");
        yield Set.of("", "0", "%", "0%").contains(surge.asText("0"));
      }
      case "Deployment.apps" -> object.text("", "spec", "strategy", "type").equals("Recreate");
      default -> false;
    };
  }

  private static long ending(KubeObject object, Related related) {
    List<KubeObject> owners = new ArrayList<>(List.of(object));
    related.replicaSets().stream()
        .filter(set -> NewRevision.isOwner(object, set))
        .forEach(owners::add);
    return related.pods().stream()
        .filter(NewRevision::isBeingDeleted)
        .filter(old -> owners.stream().anyMatch(owner -> NewRevision.isOwner(owner, old)))
        .mapToLong(old -> old.number(0, "metadata", "deletionGracePeriodSeconds"))
        .max()
        .orElse(0);
  }

  /**
   * The deadline that somebody has set; 0 for none. The API server writes the default into every
   * Deployment: that it was meant shows where a client has applied it.
   */
  private static long deadline(KubeObject object) {
    long deadline = object.number(0, "spec", DEADLINE);
    boolean meant =
        deadline != DEFAULT_DEADLINE
            || object.annotations().getOrDefault(LAST_APPLIED, "").contains('"' + DEADLINE + '"')
            || object.list("metadata", "managedFields").stream()
                .filter(entry -> entry.path("operation").asText().equals("Apply"))
                .anyMatch(entry -> entry.path("fieldsV1").path("f:spec").has("f:" + DEADLINE));
    return !meant || deadline >= Integer.MAX_VALUE ? 0 : deadline;
  }
}
