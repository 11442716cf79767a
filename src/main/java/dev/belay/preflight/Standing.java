package dev.belay.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.merge.ThreeWayMerge.NotMergeable;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Which objects of a release stay as they are. What one of them decides, such as a policy or a
 * definition, it decides for a dry run as for Helm's own write; one that is changed decides
 * something else by then.
 */
@ApplicationScoped
class Standing {

  private final DryRun dryRun;
  private final Objects objects;
  private final ClientSideWrite clientSide;

  Standing(DryRun dryRun, Objects objects, ClientSideWrite clientSide) {
    this.dryRun = dryRun;
    this.objects = objects;
    this.clientSide = clientSide;
  }

  /** Whether an object of this change is live as Helm is going to write it; each is asked once. */
  Predicate<KubeObject> of(Change change, AppliedBefore before) {
    Map<ObjectKey, Boolean> known = new ConcurrentHashMap<>();
    return object ->
        known.computeIfAbsent(object.key(), key -> stays(change, before, object)).booleanValue();
  }

  /** Where that can't be known, it may change. */
  private boolean stays(Change change, AppliedBefore before, KubeObject named) {
    try {
      if (!before.same(named)) {
        return false; // Hooks too: they are in no manifest.
      }
      KubeObject object = objects.placed(change.owned(named), change.namespace());
      KubeObject live = objects.live(object, change.actor()).orElse(null);
      if (live == null) {
        return false;
      }
      return written(change, before, object, live)
          .map(DryRun.Answer::response)
          .map(wrote -> wrote.ok() && content(wrote.object()).equals(content(live)))
          .orElse(true);
    } catch (ClusterException | NotMergeable e) {
      return false;
    }
  }

  /** The answer for what Helm is going to write; empty where that is nothing. */
  private Optional<DryRun.Answer> written(
      Change change, AppliedBefore before, KubeObject object, KubeObject live) throws NotMergeable {
    return change.record().serverSideApply()
        ? Optional.of(
            dryRun.apply(object, change.actor(), change.fieldManager(), false, DryRun.STRICT))
        : clientSide.patched(change, before, object, live);
  }

  private static ObjectNode content(KubeObject object) {
    KubeObject content = object.copy();
    content.json().withObjectProperty("metadata").remove("managedFields");
    content.json().withObjectProperty("metadata").remove("resourceVersion");
    return content.json();
  }
}
