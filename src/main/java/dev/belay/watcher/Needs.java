package dev.belay.watcher;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.References;
import dev.belay.watcher.RollbackStart.Change;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the Pods of a workload that failed read: sent again with that corrected, the same workload
 * is no failed change any more.
 */
@ApplicationScoped
class Needs {

  /** As many digests as the CRD allows. */
  private static final int MAX = 200;

  private final Objects objects;

  Needs(Objects objects) {
    this.objects = objects;
  }

  /**
   * Digests of the ConfigMaps and Secrets that it uses, as they are now and as they were in the
   * stable revision; none where it is no workload of the change.
   */
  List<String> of(ObjectKey failed, Change change) {
    KubeObject workload = change.after().get(failed);
    Set<String> digests = new LinkedHashSet<>();
    if (workload != null) {
      for (ObjectKey key : References.dataOfPods(workload)) {
        states(key, change).forEach(state -> digests.add(ObjectDigest.of(state)));
      }
    }
    return digests.stream().limit(MAX).toList();
  }

  private List<KubeObject> states(ObjectKey key, Change change) {
    List<KubeObject> states = new ArrayList<>();
    change.before().stream().filter(object -> object.key().equals(key)).forEach(states::add);
    KubeObject member = change.after().get(key);
    if (member != null) {
      states.add(member);
      return states;
    }
    try {
      objects.get("v1", key.kind(), key.namespace(), key.name()).ifPresent(states::add);
    } catch (ClusterException e) {
      if (!e.forbidden()) {
        throw e;
      }
      return states; // What Belay may not read holds no lock then either.
    }
    return states;
  }
}
