package dev.belay.readiness;

import dev.belay.manifest.KubeObject;
import java.util.List;

/**
 * What belongs to a workload besides itself, as read from the cluster.
 *
 * <p>It may hold more than that, for example all Pods of the namespace: what belongs to a workload
 * is found by the uid of the owner, and events by the object they are about.
 *
 * @param replicaSets ReplicaSets of Deployments
 * @param pods Pods
 * @param events Events, {@code v1} or {@code events.k8s.io/v1}
 */
public record Related(
    List<KubeObject> replicaSets, List<KubeObject> pods, List<KubeObject> events) {

  public static final Related NONE = new Related(List.of(), List.of(), List.of());

  public Related {
    replicaSets = List.copyOf(replicaSets);
    pods = List.copyOf(pods);
    events = List.copyOf(events);
  }
}
