package dev.belay.watcher;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the steps of a rollback have restored in a release of Helm, as it was answered last. Only
 * digests are kept: the objects themselves would be a third state of the whole release. Steps add
 * to it side by side.
 */
final class Restored {

  private final ReleaseKey key;
  private final Set<ObjectKey> objects = ConcurrentHashMap.newKeySet();
  private final Map<ObjectKey, String> digests = new ConcurrentHashMap<>();

  /** Nothing yet, of this release. */
  Restored(ReleaseKey key) {
    this.key = key;
  }

  void add(KubeObject live) {
    objects.add(live.key());
    digests.putAll(HelmMembers.edited(key, List.of(live)).digests());
  }

  /** All of them: none of these has to be read again. */
  Set<ObjectKey> objects() {
    return objects;
  }

  /** Of those by which it is seen that others have changed the release. */
  Map<ObjectKey, String> digests() {
    return digests;
  }
}
