package dev.belay.readiness;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * The condition {@code Stalled} by which a waiting client is told of a failure: kstatus, and with
 * it Helm 4, takes it as final, whatever the kind's own rule says (generic.go,
 * checkGenericProperties). Its reason begins with {@link Assess#OWN_REASON_PREFIX}; any other is
 * somebody else's, and is neither replaced nor taken away.
 */
public final class StalledCondition {

  private static final String TYPE = "Stalled";

  /**
   * The kinds it is set on, in the version in which they are read. Their controllers keep a
   * condition that they don't know. Not Jobs: Helm judges one by its own conditions only, and ends
   * by itself when it fails. Not custom resources: there the type has a meaning to their
   * controllers.
   */
  private static final Map<String, String> KINDS =
      Map.of(
          "Deployment.apps", "apps/v1",
          "StatefulSet.apps", "apps/v1",
          "DaemonSet.apps", "apps/v1",
          "ReplicaSet.apps", "apps/v1",
          "Pod", "v1",
          "PersistentVolumeClaim", "v1");

  private StalledCondition() {}

  /** The version in which objects of this kind carry it; empty when they don't. */
  public static Optional<String> apiVersion(String groupKind) {
    return Optional.ofNullable(KINDS.get(groupKind));
  }

  /** Whether the object carries one that Belay has set. */
  public static boolean isOwn(KubeObject object) {
    return object.condition(TYPE).path("reason").asText().startsWith(Assess.OWN_REASON_PREFIX);
  }

  /** Whether the object carries one that somebody else has set. */
  public static boolean isForeign(KubeObject object) {
    return object.condition(TYPE).isObject() && !isOwn(object);
  }

  /**
   * The object with it, beside the conditions that it has.
   *
   * @param reason CamelCase, without the prefix
   * @param message what the client prints
   */
  public static KubeObject with(KubeObject object, String reason, String message, Instant now) {
    KubeObject copy = without(object);
    copy.json()
        .withObjectProperty("status")
        .withArrayProperty("conditions")
        .addObject()
        .put("type", TYPE)
        .put("status", "True")
        .put("reason", Assess.OWN_REASON_PREFIX + reason)
        .put("message", message)
        .put("lastTransitionTime", now.truncatedTo(ChronoUnit.SECONDS).toString());
    return copy;
  }

  /** The object without it; one that somebody else has set stays. */
  public static KubeObject without(KubeObject object) {
    KubeObject copy = object.copy();
    if (isOwn(object) && copy.at("status", "conditions") instanceof ArrayNode conditions) {
      for (int i = conditions.size() - 1; i >= 0; i--) {
        if (conditions.get(i).path("type").asText().equals(TYPE)) {
          conditions.remove(i);
        }
      }
    }
    return copy;
  }
}
