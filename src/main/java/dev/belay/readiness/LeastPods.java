package dev.belay.readiness;

import dev.belay.manifest.KubeObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * How many Pods the autoscalers of a release are to keep at least: who raises that asks for Pods,
 * as who raises {@code spec.replicas} does, though another one sets the number.
 *
 * @param byTarget the number, by {@code Kind/name} of what is scaled
 */
public record LeastPods(Map<String, Long> byTarget) {

  public static final LeastPods NONE = new LeastPods(Map.of());

  public LeastPods {
    byTarget = Map.copyOf(byTarget);
  }

  /** Of these objects, live or as a manifest has them. */
  public static LeastPods of(Collection<KubeObject> objects) {
    Map<String, Long> least = new HashMap<>();
    for (KubeObject object : objects) {
      String target = object.text("", "spec", "scaleTargetRef", "name");
      switch (object.key().groupKind()) {
        case "HorizontalPodAutoscaler.autoscaling" ->
            least.merge(
                object.text("", "spec", "scaleTargetRef", "kind") + "/" + target,
                object.number(1, "spec", "minReplicas"),
                Math::max);
        // KEDA, which makes an autoscaler of it.
        case "ScaledObject.keda.sh" ->
            least.merge(
                object.text("Deployment", "spec", "scaleTargetRef", "kind") + "/" + target,
                object.number(0, "spec", "minReplicaCount"),
                Math::max);
        default -> {}
      }
    }
    return new LeastPods(least);
  }

  /** The number for this workload, where it is higher than before; 0 otherwise. */
  public long raised(KubeObject workload, LeastPods before) {
    String name = workload.key().display();
    long now = byTarget.getOrDefault(name, 0L);
    return now > before.byTarget.getOrDefault(name, 0L) ? now : 0;
  }
}
