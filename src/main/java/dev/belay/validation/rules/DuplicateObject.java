package dev.belay.validation.rules;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.validation.Rule;
import dev.belay.validation.Scope;
import dev.belay.validation.Violation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An object that the release has twice, with different contents. Helm applies both, those of one
 * kind at the same time (helm v4.3.1, {@code pkg/kube/client.go}, batchPerform): either may stay.
 */
public final class DuplicateObject {

  public static final Rule RULE =
      Rule.of("duplicate-object")
          .kinds(Rule.ANY_KIND)
          .ofRelease()
          .warns("An object is in the release twice, with different contents: only one is kept.")
          .remedy("Rename or remove one of them.")
          .source("helm v4.3.1, pkg/kube/client.go, Create, batchPerform")
          .check(DuplicateObject::violations);

  private DuplicateObject() {}

  private static List<Violation> violations(KubeObject object, Scope scope) {
    KubeObject first = scope.once(Firsts.class, Firsts::new).byKey.get(scope.key(object));
    if (object.name().isEmpty()
        || first == null
        || isHook(first)
        || isHook(object)
        || content(first).equals(content(object))) {
      return List.of();
    }
    return List.of(
        Part.of(object)
            .at("metadata", "name")
            .wrong("another %s of the release has this name".formatted(object.kind())));
  }

  /** Hooks of different events may well be the same object, one after the other. */
  private static boolean isHook(KubeObject object) {
    return object.annotations().containsKey("helm.sh/hook");
  }

  /** One may name the namespace that the other is given. */
  private static KubeObject content(KubeObject object) {
    KubeObject content = object.copy();
    if (content.at("metadata") instanceof ObjectNode metadata) {
      metadata.remove("namespace");
    }
    return content;
  }

  /** The first object of each name. */
  private static final class Firsts {

    final Map<ObjectKey, KubeObject> byKey = new HashMap<>();

    Firsts(Scope scope) {
      scope.release().forEach(object -> byKey.putIfAbsent(scope.key(object), object));
    }
  }
}
