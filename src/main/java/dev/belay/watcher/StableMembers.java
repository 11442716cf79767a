package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.StartHistory;
import dev.belay.cluster.Revisions;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.AsBefore;
import dev.belay.readiness.Assess;
import dev.belay.readiness.LeastPods;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

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
   * @param wanted what decides whether an object is ready, of those that are waited for
   * @param templates the Pod templates of its workloads, as digests
   * @param data what Pods read of its ConfigMaps and Secrets, as digests
   * @param least how many Pods its autoscalers keep at least
   * @param starts how its workloads started
   */
  private record Known(
      int revision,
      Instant verifiedAt,
      Map<ObjectKey, String> digests,
      Map<ObjectKey, String> versions,
      Map<ObjectKey, String> wanted,
      Map<ObjectKey, String> templates,
      Map<ObjectKey, String> data,
      LeastPods least,
      List<StartHistory> starts) {

    static final Known NOTHING =
        new Known(
            0,
            Instant.EPOCH,
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            LeastPods.NONE,
            List.of());
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

  /**
   * Whether this live object is wanted to be otherwise than in the stable revision. Who wrote which
   * field when does not tell: a field that is taken away leaves no trace, and with a label all that
   * a client manages counts as written.
   */
  boolean differs(ReleaseKey key, ReleaseStatus status, KubeObject live) {
    return !AsBefore.wanted(live).equals(known(key, status).wanted().get(live.key()));
  }

  /** Whether the stable revision makes the same Pods of this workload. */
  boolean hasTemplate(ReleaseKey key, ReleaseStatus status, KubeObject workload) {
    return template(workload).equals(known(key, status).templates().get(workload.key()));
  }

  private static String template(KubeObject workload) {
    return ObjectDigest.of(KubeObject.of(workload.podTemplate()));
  }

  /** Whether the stable revision wants this object as this digest of it says. */
  boolean wants(ReleaseKey key, ReleaseStatus status, ObjectKey object, String digest) {
    return digest.equals(known(key, status).wanted().get(object));
  }

  /** What Pods read of its ConfigMaps and Secrets, each as its {@link PodData#digest}. */
  Map<ObjectKey, String> data(ReleaseKey key, ReleaseStatus status) {
    return known(key, status).data();
  }

  /** How many Pods its autoscalers keep at least. */
  LeastPods least(ReleaseKey key, ReleaseStatus status) {
    return known(key, status).least();
  }

  /** How this workload started when it was verified; null where that is not known. */
  @Nullable StartHistory start(ReleaseKey key, ReleaseStatus status, ObjectKey object) {
    String name = object.toString();
    return starts(key, status).stream()
        .filter(start -> start.object().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** The same of all its workloads of which it is known. */
  List<StartHistory> starts(ReleaseKey key, ReleaseStatus status) {
    return known(key, status).starts();
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
    Map<ObjectKey, String> wanted = new HashMap<>();
    Map<ObjectKey, String> templates = new HashMap<>();
    Map<ObjectKey, String> data = new HashMap<>();
    LeastPods least;
    List<StartHistory> starts;
    try {
      Optional<Revision> stored = revisions.read(key.namespace(), key.name(), status, revision);
      if (stored.isEmpty()) {
        return Known.NOTHING;
      }
      for (KubeObject object : stored.get().objects()) {
        digests.put(object.key(), ObjectDigest.of(object));
        versions.put(object.key(), object.apiVersion());
        if (Assess.isWorkload(object)) {
          wanted.put(object.key(), AsBefore.wanted(object));
          templates.put(object.key(), template(object));
        }
        if (PodData.isData(object.key())) {
          data.put(object.key(), PodData.digest(object));
        }
      }
      least = LeastPods.of(stored.get().objects());
      starts = stored.get().starts();
    } catch (RevisionException e) {
      // A rollback says what is wrong with it.
      return Known.NOTHING;
    }
    Known now =
        new Known(
            revision,
            stable.verifiedAt(),
            Map.copyOf(digests),
            Map.copyOf(versions),
            Map.copyOf(wanted),
            Map.copyOf(templates),
            Map.copyOf(data),
            least,
            starts);
    known.put(key, now);
    return now;
  }

  /** Keeps what is known of these namespaces only. */
  void retain(Set<String> namespaces) {
    known.keySet().removeIf(key -> !namespaces.contains(key.namespace()));
  }
}
