package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.cluster.Revisions;
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
 * read once. One entry for each release that is followed without records of its client.
 */
@ApplicationScoped
class StableMembers {

  private record Known(int revision, Instant verifiedAt, Map<ObjectKey, String> digests) {}

  private final Revisions revisions;
  private final Map<ReleaseKey, Known> known = new ConcurrentHashMap<>();

  StableMembers(Revisions revisions) {
    this.revisions = revisions;
  }

  /** Its members and what each was wanted to be; none when the revision can't be used. */
  Map<ObjectKey, String> of(ReleaseKey key, ReleaseStatus status) {
    Stable stable = status.stable();
    if (stable == null) {
      return Map.of();
    }
    int revision = stable.revision();
    Known read = known.get(key);
    if (read != null
        && read.revision() == revision
        && read.verifiedAt().equals(stable.verifiedAt())) {
      return read.digests();
    }
    Map<ObjectKey, String> digests = new HashMap<>();
    try {
      Optional<Revision> stored = revisions.read(key.namespace(), key.name(), status, revision);
      if (stored.isEmpty()) {
        return Map.of();
      }
      stored.get().objects().forEach(object -> digests.put(object.key(), ObjectDigest.of(object)));
    } catch (RevisionException e) {
      // A rollback says what is wrong with it.
      return Map.of();
    }
    known.put(key, new Known(revision, stable.verifiedAt(), Map.copyOf(digests)));
    return digests;
  }

  /** Keeps what is known of these namespaces only. */
  void retain(Set<String> namespaces) {
    known.keySet().removeIf(key -> !namespaces.contains(key.namespace()));
  }
}
