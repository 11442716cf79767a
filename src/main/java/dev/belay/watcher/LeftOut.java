package dev.belay.watcher;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.NamespaceObjects;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Group;
import dev.belay.membership.Marks;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * What a client without records may have sent with a change and no rollback puts back: Pods of
 * their own, which are looked for only then. Custom resources could be of any kind that the cluster
 * has: that they are not covered is said in general.
 */
@ApplicationScoped
class LeftOut {

  private static final Logger LOG = Logger.getLogger(LeftOut.class);

  private final NamespaceObjects objects;

  LeftOut(NamespaceObjects objects) {
    this.objects = objects;
  }

  /** Each of them with the reason; none where it can't be known, which holds up no rollback. */
  List<String> of(ReleaseKey key, Group group) {
    try {
      return named(objects.pods(key.namespace()), group);
    } catch (ClusterException e) {
      LOG.warnf("release %s: what is left out is not known: %s", key, e.getMessage());
      return List.of();
    }
  }

  static List<String> named(List<KubeObject> pods, Group group) {
    return pods.stream()
        .filter(
            pod -> Marks.release(pod, group.around()).filter(group.release()::equals).isPresent())
        .map(
            pod ->
                "%s: a Pod that no workload has made is neither waited for nor restored without a record of Helm's; it is as it was sent"
                    .formatted(pod.key().display()))
        .toList();
  }
}
