package dev.belay.preflight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.Actor;
import dev.belay.helm.HelmHook;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStatus;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import dev.belay.membership.Flux;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What Helm is about to do.
 *
 * @param stored the Secret or ConfigMap that Helm creates
 * @param record its record of what it is about to do, read from there
 * @param namespace namespace of the release
 * @param actor who does it
 * @param objects the objects of the manifest, as it names them
 * @param hooks the objects that run before or after them in this operation
 */
public record Change(
    KubeObject stored,
    HelmRecord record,
    String namespace,
    Actor actor,
    List<KubeObject> objects,
    List<Hook> hooks) {

  public Change {
    objects = List.copyOf(objects);
    hooks = List.copyOf(hooks);
  }

  /**
   * One object of a hook.
   *
   * @param hook the hook
   * @param object its object, as its manifest names it
   */
  public record Hook(HelmHook hook, KubeObject object) {

    private static final Set<String> ACTING =
        Set.of(
            "Pod",
            "ReplicationController",
            "Job.batch",
            "CronJob.batch",
            "Deployment.apps",
            "ReplicaSet.apps",
            "StatefulSet.apps",
            "DaemonSet.apps");

    /** What people read in messages. */
    String display() {
      return object.key().display() + " (a hook)";
    }

    /** Whether Helm deletes what is there of this name before it creates the object. */
    boolean deletedBefore() {
      return hook.deletePolicies().isEmpty()
          || hook.deletePolicies().contains("before-hook-creation");
    }

    /**
     * Whether something acts for it, of which nobody can know what it does in the cluster: its
     * Pods, or the controller of a custom resource.
     */
    boolean acts() {
      return Brought.isCustom(object) || ACTING.contains(object.key().groupKind());
    }

    /** Whether it runs only when all of the manifest has been written. */
    boolean runsAfter() {
      return hook.events().stream().noneMatch(event -> event.startsWith("pre-"));
    }

    /** Whether Helm deletes the object as soon as the hooks of its event have succeeded. */
    boolean deletedWhenDone() {
      return hook.deletePolicies().contains("hook-succeeded");
    }
  }

  /**
   * What this record announces.
   *
   * @throws ManifestException when its manifest, or that of one of its hooks, can't be read
   */
  public static Change of(KubeObject stored, HelmRecord record, String namespace, Actor actor)
      throws ManifestException {
    String operation = operation(record);
    List<Hook> hooks = new ArrayList<>();
    for (HelmHook hook : record.hooks()) {
      if (hook.events().contains("pre-" + operation)
          || hook.events().contains("post-" + operation)) {
        for (KubeObject object : ManifestReader.read(hook.manifest())) {
          hooks.add(new Hook(hook, object));
        }
      }
    }
    return new Change(stored, record, namespace, actor, record.objects(), hooks);
  }

  private static String operation(HelmRecord record) {
    return record.status() == HelmStatus.PENDING_INSTALL ? "install" : "upgrade";
  }

  /** All objects that are written: the manifest's and the hooks'. */
  public List<KubeObject> written() {
    List<KubeObject> all = new ArrayList<>(objects);
    hooks.forEach(hook -> all.add(hook.object()));
    return all;
  }

  /**
   * The hook that runs something before the first object of the manifest is written; empty where
   * none does.
   */
  Optional<Hook> actsBefore() {
    return hooks.stream()
        .filter(hook -> hook.hook().events().contains("pre-" + operation(record)))
        .filter(Hook::acts)
        .findFirst();
  }

  /** As what Helm writes fields: the name of the program that it is built into. */
  String fieldManager() {
    boolean flux = actor.username().endsWith(":helm-controller") || Flux.applies(objects);
    return flux ? "helm-controller" : "helm";
  }

  /** As Helm sends it: with its marks of ownership (action/validate.go, setMetadataVisitor). */
  KubeObject owned(KubeObject object) {
    if (!object.at("metadata").isMissingNode() && !object.at("metadata").isObject()) {
      return object; // The API server says what is wrong with it.
    }
    KubeObject owned = object.copy();
    ObjectNode metadata = owned.json().withObjectProperty("metadata");
    put(metadata, "labels", "app.kubernetes.io/managed-by", "Helm");
    put(metadata, "annotations", HelmStorage.RELEASE_ANNOTATION, record.name());
    put(metadata, "annotations", "meta.helm.sh/release-namespace", namespace);
    return owned;
  }

  private static void put(ObjectNode metadata, String map, String key, String value) {
    JsonNode present = metadata.get(map);
    ObjectNode entries = present instanceof ObjectNode o ? o : metadata.putObject(map);
    entries.put(key, value);
  }
}
