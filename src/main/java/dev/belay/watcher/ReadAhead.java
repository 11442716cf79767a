package dev.belay.watcher;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.helm.HelmRecord;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Related;
import dev.belay.revision.Revision;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is read of a release before a verdict needs it, from when a change of it is open until that
 * is over: Helm's record, the stable revision, objects with much in them. In memory only.
 *
 * <p>Nothing is decided by it alone. A record and an object are used while the API server says that
 * their {@code resourceVersion} is still the same, a revision while {@code Release.status} lists
 * its digest. {@value #MOST_BYTES} bytes of all releases together are kept, as far as they can be
 * reckoned; those that were looked at longest ago go first, and are read again where they are
 * needed.
 */
@ApplicationScoped
class ReadAhead {

  static final long MOST_BYTES = 16L << 20;

  private final Map<ReleaseKey, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<ReleaseKey, Integer> begun = new HashMap<>();
  private long bytes;

  /** One release's. */
  private static final class Kept {
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
  }

  /**
   * A record of Helm, read.
   *
   * @param version uid and resourceVersion of what holds it
   * @param objects what its manifest names
   */
  record Recorded(String version, HelmRecord record, List<KubeObject> objects) {}

  /**
   * A workload as a pass has seen it.
   *
   * @param at by which the pass is known
   */
  record Looked(Instant at, KubeObject live, Related related) {}

  private record Read(String digest, Revision revision) {}

  /** By what a stored object is known as long as nobody writes it. */
  static String version(KubeObject object) {
    return object.uid() + "/" + object.resourceVersion();
  }

  Optional<Recorded> record(ReleaseKey key, int helmRevision) {
    return get(key, "record " + helmRevision, Recorded.class);
  }

  void keep(ReleaseKey key, int helmRevision, Recorded recorded) {
    put(
        key,
        "record " + helmRevision,
        recorded,
        bytes(recorded.record().json()) + bytes(recorded.objects()));
  }

  /** The revision of this digest, if it was read. */
  Optional<Revision> revision(ReleaseKey key, String digest) {
    return get(key, "revision", Read.class)
        .filter(read -> read.digest().equals(digest))
        .map(Read::revision);
  }

  void keep(ReleaseKey key, String digest, Revision revision) {
    put(key, "revision", new Read(digest, revision), bytes(revision.objects()));
  }

  /** The object, if it was read in this version. */
  Optional<KubeObject> object(ReleaseKey key, KubeObject metadata) {
    return get(key, object(metadata.key()), KubeObject.class)
        .filter(read -> version(read).equals(version(metadata)));
  }

  void keep(ReleaseKey key, KubeObject live) {
    put(key, object(live.key()), live, bytes(live.json()));
  }

  /** The workload, if this pass has seen it. */
  Optional<Looked> looked(ReleaseKey key, ObjectKey workload, Instant pass) {
    return get(key, "looked " + workload, Looked.class).filter(seen -> seen.at().equals(pass));
  }

  void keep(ReleaseKey key, Looked looked) {
    Related related = looked.related();
    put(
        key,
        "looked " + looked.live().key(),
        looked,
        bytes(looked.live().json()) + bytes(related.pods()) + bytes(related.replicaSets()));
  }

  /** Whether nothing has been read ahead for this revision of Helm's yet; from now on it has. */
  synchronized boolean begin(ReleaseKey key, int helmRevision) {
    Integer before = begun.put(key, helmRevision);
    return before == null || before != helmRevision;
  }

  /** Forgets a release, of which nothing is open any more. */
  synchronized void forget(ReleaseKey key) {
    begun.remove(key);
    Kept of = kept.remove(key);
    if (of != null) {
      bytes -= of.sizes.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Bytes that are kept, as far as they can be reckoned. */
  synchronized long bytes() {
    return bytes;
  }

  private static String object(ObjectKey key) {
    return "object " + key;
  }

  private synchronized <T> Optional<T> get(ReleaseKey key, String what, Class<T> type) {
    Kept of = kept.get(key);
    return of == null ? Optional.empty() : Optional.ofNullable(of.values.get(what)).map(type::cast);
  }

  private synchronized void put(ReleaseKey key, String what, Object value, long size) {
    Kept of = kept.computeIfAbsent(key, none -> new Kept());
    of.values.remove(what);
    Long before = of.sizes.remove(what);
    bytes -= before == null ? 0 : before;
    if (size > MOST_BYTES) {
      return;
    }
    of.values.put(what, value);
    of.sizes.put(what, size);
    bytes += size;
    Iterator<Map.Entry<ReleaseKey, Kept>> oldest = kept.entrySet().iterator();
    while (bytes > MOST_BYTES && oldest.hasNext()) {
      Kept gone = oldest.next().getValue();
      bytes -= gone.sizes.values().stream().mapToLong(Long::longValue).sum();
      oldest.remove();
    }
  }

  private static long bytes(List<KubeObject> objects) {
    return objects.stream().mapToLong(object -> bytes(object.json())).sum();
  }

  /** Some 100 bytes for each node of a tree, and the text of values. */
  private static long bytes(JsonNode node) {
    long size = 100;
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      size += bytes(field.getValue());
    }
    if (node.isArray()) {
      for (JsonNode item : node) {
        size += bytes(item);
      }
    } else if (node.isTextual()) {
      size += node.textValue().length();
    }
    return size;
  }
}
