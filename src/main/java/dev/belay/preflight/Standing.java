package dev.belay.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.masking.Masking;
import dev.belay.merge.ThreeWayMerge.NotMergeable;
import dev.belay.report.Bounded;
import dev.belay.report.Difference;
import dev.belay.report.FieldChange;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * What a change makes of the objects of a release. What an object decides that stays as it is, such
 * as a policy or a definition, it decides for a dry run as for Helm's own write; one that is
 * changed decides something else by then.
 */
@ApplicationScoped
class Standing {

  /** Fields that are named; whoever reads them needs to know where to look, and no more. */
  private static final int FIELDS = 2;

  /** So that there is room in a warning for what the API server says. */
  private static final int MAX_WORDS = 110;

  private final DryRun dryRun;
  private final Objects objects;
  private final ClientSideWrite clientSide;

  Standing(DryRun dryRun, Objects objects, ClientSideWrite clientSide) {
    this.dryRun = dryRun;
    this.objects = objects;
    this.clientSide = clientSide;
  }

  /**
   * What this change does with an object of its own, in words that go on after <em>this
   * release</em>; empty for one that is live as Helm is going to write it. Each is asked once.
   */
  Function<KubeObject, Optional<String>> of(Change change, AppliedBefore before) {
    // By identity: a hook may have the name of an object.
    Map<KubeObject, FutureTask<Optional<String>>> asked =
        Collections.synchronizedMap(new IdentityHashMap<>());
    return object -> {
      FutureTask<Optional<String>> mine = new FutureTask<>(() -> deed(change, before, object));
      FutureTask<Optional<String>> first = asked.putIfAbsent(object, mine);
      if (first == null) {
        mine.run();
      }
      return answer(object, first == null ? mine : first);
    };
  }

  private static Optional<String> answer(KubeObject object, FutureTask<Optional<String>> asked) {
    try {
      return asked.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return perhaps(object);
    } catch (ExecutionException e) {
      throw new IllegalStateException("whether an object stays", e.getCause());
    }
  }

  /** Where that can't be known, it may change. */
  private Optional<String> deed(Change change, AppliedBefore before, KubeObject named) {
    try {
      Optional<KubeObject> was = before.object(named);
      if (was.isEmpty()) {
        return brings(named); // Hooks too: they are in no manifest.
      }
      if (!before.same(named)) {
        return changes(named, was.get(), named);
      }
      KubeObject object = objects.placed(change.owned(named), change.namespace());
      KubeObject live = objects.live(object, change.actor()).orElse(null);
      if (live == null) {
        return brings(named);
      }
      Optional<DryRun.Answer> answer = written(change, before, object, live);
      if (answer.isEmpty()) {
        return Optional.empty();
      }
      ApiResponse wrote = answer.get().response();
      if (!wrote.ok()) {
        return perhaps(named);
      }
      return content(wrote.object()).equals(content(live))
          ? Optional.empty()
          : changes(named, live, wrote.object());
    } catch (ClusterException | NotMergeable e) {
      return perhaps(named);
    }
  }

  private static Optional<String> brings(KubeObject object) {
    return words("brings", object, "");
  }

  private static Optional<String> perhaps(KubeObject object) {
    return words("may change", object, "");
  }

  private static Optional<String> changes(KubeObject named, KubeObject was, KubeObject is) {
    List<String> fields =
        Difference.between(named.key(), was, is, Masking.ofNone(), FIELDS + 1).stream()
            .map(FieldChange::field)
            .toList();
    String some = String.join(", ", fields.subList(0, Math.min(FIELDS, fields.size())));
    String more = fields.size() > FIELDS ? " and more" : "";
    return words("changes", named, fields.isEmpty() ? "" : " (%s%s)".formatted(some, more));
  }

  private static Optional<String> words(String verb, KubeObject object, String what) {
    return Optional.of(
        Bounded.text("%s %s%s".formatted(verb, object.key().display(), what), MAX_WORDS));
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
