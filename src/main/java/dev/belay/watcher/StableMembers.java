package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.cluster.Revisions;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the stable revisions hold, as keys and digests: a stored revision never changes, so it is
 * read once. One entry for each release whose members have been compared with it.
 */
@ApplicationScoped
class StableMembers {

  /**
   * What is kept of a revision.
   *
   * @param versions the apiVersion in which each object was read
   */
  private record Known(
      int revision,
      Instant verifiedAt,
      Map<ObjectKey, String> digests,
      Map<ObjectKey, String> versions) {

    static final Known NOTHING = new Known(0, Instant.EPOCH, Map.of(), Map.of());
  }

  private final Revisions revisions;
  private final Map<ReleaseKey, Known> known = new ConcurrentHashMap<>();

  StableMembers(Revisions revisions) {
    this.revisions = revisions;
  }

  /** Its members and what each was wanted to be; none when the revision can't be used. */
  Map<ObjectKey, String> of(ReleaseKey key, ReleaseStatus status) {
    return known(key, status).digests();
  }

  /** Its members and the apiVersion of each; none when the revision can't be used. */
  Map<ObjectKey, String> versions(ReleaseKey key, ReleaseStatus status) {
    return known(key, status).versions();
  }

  private Known known(ReleaseKey key, ReleaseStatus status) {
    Stable stable = status.stable();
    if (stable == null) {
      return Known.NOTHING;
    }
    int revision = stable.revision();
    Known read = known.get(key);
    if (read != null
        && read.revision() == revision
        && read.verifiedAt().equals(stable.verifiedAt())) {
      return read;
    }
    Map<ObjectKey, String> digests = new HashMap<>();
    Map<ObjectKey, String> versions = new HashMap<>();
    try {
      Optional<Revision> stored = revisions.read(key.namespace(), key.name(), status, revision);
      if (stored.isEmpty()) {
        return Known.NOTHING;
      }
      for (KubeObject object : stored.get().objects()) {
        digests.put(object.key(), ObjectDigest.of(object));
        versions.put(object.key(), object.apiVersion());
      }
    } catch (RevisionException e) {
      // A rollback says what is wrong with it.
      return Known.NOTHING;
    }
    Known now = new Known(revision, stable.verifiedAt(), Map.copyOf(digests), Map.copyOf(versions));
    known.put(key, now);
    return now;
  }

  /** Keeps what is known of these namespaces only. */
  void retain(Set<String> namespaces) {
    known.keySet().removeIf(key -> !namespaces.contains(key.namespace()));
  }
}
