package dev.belay.watcher;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.Objects;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Countable;
import dev.belay.membership.GatedKinds;
import dev.belay.membership.Group;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jboss.logging.Logger;

/**
 * The objects of a release of Helm, as others see and change them: what its stable revision holds,
 * and what the records of that one and of the newest verdict list.
 */
@ApplicationScoped
class HelmMembers {

  private static final Logger LOG = Logger.getLogger(HelmMembers.class);

  private final Observer observer;
  private final Objects objects;
  private final StableMembers stableMembers;

  HelmMembers(Observer observer, Objects objects, StableMembers stableMembers) {
    this.observer = observer;
    this.objects = objects;
    this.stableMembers = stableMembers;
  }

  /**
   * Those of them, live, by which it is seen that a client other than Helm has changed the release.
   */
  Group edited(ReleaseKey key, ReleaseStatus status) {
    return edited(key, status, Set.of());
  }

  /** The same without these, of which it is known. */
  Group edited(ReleaseKey key, ReleaseStatus status, Set<ObjectKey> known) {
    List<KubeObject> unread =
        references(key, status).values().stream()
            .filter(reference -> isCompared(reference.key(), key))
            .filter(reference -> !known.contains(reference.key()))
            .toList();
    return edited(key, live(key, unread).objects());
  }

  /** All of them, live. */
  Observer.Live whole(ReleaseKey key, ReleaseStatus status) {
    return live(key, List.copyOf(references(key, status).values()));
  }

  /** What these of them were wanted to be in the stable revision; none when it can't be used. */
  Map<ObjectKey, String> before(ReleaseKey key, ReleaseStatus status) {
    Map<ObjectKey, String> before = new HashMap<>(stableMembers.of(key, status));
    before.keySet().removeIf(member -> !isCompared(member, key));
    return before;
  }

  /** The same choice from live objects that were read already. */
  static Group edited(ReleaseKey key, List<KubeObject> live) {
    return new Group(
        key.name(),
        live.stream()
            .filter(object -> isCompared(object.key(), key))
            .filter(object -> Countable.counts(object) && !isOfAnother(object, key))
            .toList());
  }

  /**
   * The kinds that the gate looks at, where it looks for this release: what operators write in
   * their own resources is no change. A Job may end and be taken away by itself.
   */
  private static boolean isCompared(ObjectKey object, ReleaseKey key) {
    return GatedKinds.has(object)
        && !object.kind().equals("Job")
        && object.namespace().equals(key.namespace());
  }

  private Map<ObjectKey, KubeObject> references(ReleaseKey key, ReleaseStatus status) {
    Map<ObjectKey, KubeObject> references = new LinkedHashMap<>();
    stableMembers
        .versions(key, status)
        .forEach((member, version) -> references.put(member, reference(member, version)));
    Set<Integer> records = new TreeSet<>();
    records.add(status.stable() == null ? 0 : status.stable().helmRevision());
    // What a change that failed has left, or what Flux brings back of it.
    records.add(status.judged());
    for (int helmRevision : records) {
      try {
        for (KubeObject object : observer.manifest(key, helmRevision)) {
          ObjectKey member = objects.key(object, key.namespace());
          references.putIfAbsent(member, reference(member, object.apiVersion()));
        }
      } catch (Unreadable e) {
        // Helm has pruned it; what was verified is known all the same.
        LOG.debugf("release %s: %s", key, e.getMessage());
      }
    }
    return references;
  }

  private Observer.Live live(ReleaseKey key, List<KubeObject> references) {
    Observer.Live live = observer.live(key, references);
    return new Observer.Live(
        live.objects().stream().filter(object -> !isOfAnother(object, key)).toList(),
        live.notCovered(),
        live.doubtful());
  }

  /** Another release of Helm has taken it over; it is that one's to judge. */
  private static boolean isOfAnother(KubeObject object, ReleaseKey key) {
    String release = object.annotations().getOrDefault(HelmStorage.RELEASE_ANNOTATION, key.name());
    return !release.equals(key.name());
  }

  static KubeObject reference(ObjectKey key, String apiVersion) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", apiVersion).put("kind", key.kind());
    ObjectNode metadata = object.putObject("metadata").put("name", key.name());
    if (!key.namespace().isEmpty()) {
      metadata.put("namespace", key.namespace());
    }
    return KubeObject.of(object);
  }
}
