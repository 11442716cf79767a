package dev.belay.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.merge.ThreeWayMerge.NotMergeable;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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
    // By identity: a hook may have the name of an object.
    Map<KubeObject, FutureTask<Boolean>> asked =
        Collections.synchronizedMap(new IdentityHashMap<>());
    return object -> {
      FutureTask<Boolean> mine = new FutureTask<>(() -> stays(change, before, object));
      FutureTask<Boolean> first = asked.putIfAbsent(object, mine);
      if (first == null) {
        mine.run();
      }
      return answer(first == null ? mine : first);
    };
  }

  private static boolean answer(FutureTask<Boolean> asked) {
    try {
      return asked.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("whether an object stays", e.getCause());
    }
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
