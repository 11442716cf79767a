package dev.belay.rollback;

import dev.belay.api.Rollback.Action;
import dev.belay.api.Rollback.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Steps of a plan that need not wait for each other. What waits: objects for their namespace; a
 * token for its account (without it the API server's controller deletes it again) and a binding for
 * its role; Pods for all that they read when they start; what looks at workloads for these; and
 * what is deleted for what is restored, in the opposite order.
 */
public final class Stages {

  private static final Set<String> BEFORE_ALL = Set.of("Namespace", "CustomResourceDefinition");

  private static final Set<String> NAMED_BY_OTHERS =
      Set.of(
          "PriorityClass",
          "ResourceQuota",
          "LimitRange",
          "ServiceAccount",
          "StorageClass",
          "PersistentVolume",
          "ClusterRole",
          "Role");

  private static final int LAST = 4;

  private Stages() {}

  /** The steps, those of each stage in their order. */
  public static List<List<Step>> of(List<Step> steps) {
    Map<Integer, List<Step>> stages = new TreeMap<>();
    for (Step step : steps) {
      int stage = stage(step.kind());
      int turn = step.action() == Action.Restore ? stage : 2 * LAST - stage + 1;
      stages.computeIfAbsent(turn, none -> new ArrayList<>()).add(step);
    }
    return List.copyOf(stages.values());
  }

  private static int stage(String kind) {
    if (BEFORE_ALL.contains(kind)) {
      return 0;
    }
    if (NAMED_BY_OTHERS.contains(kind)) {
      return 1;
    }
    return Plan.isNeededByWorkloads(kind) ? 2 : Plan.isWorkload(kind) ? 3 : LAST;
  }
}
