package dev.belay.watcher;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.GatedKinds;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the objects of a release with a request for each kind, where it has many of one: a list of
 * them; or, of what may hold much, a list of which of them have changed since they were read ahead.
 */
@ApplicationScoped
class ManyObjects {

  /** So many of a kind are read with one request. */
  static final int MANY = 8;

  /** A list is read as long as there are not more of a kind than that. */
  private static final int MOST = 500;

  /** Each may have a MiB, and a namespace hundreds that are none of this release's. */
  private static final Set<String> LARGE = Set.of("ConfigMap", "Secret");

  private final Objects objects;
  private final ReadAhead ahead;

  ManyObjects(Objects objects, ReadAhead ahead) {
    this.objects = objects;
    this.ahead = ahead;
  }

  /** Objects of one kind in one namespace. */
  private record Kind(String apiVersion, String kind, String namespace) {}

  /** What has been read. */
  interface Read {

    /**
     * The live object; empty where it is not there.
     *
     * @param namespace where it is
     * @throws ClusterException when it has to be asked for, and can't be
     */
    Optional<KubeObject> live(KubeObject named, String namespace);
  }

  /** Reads what of these is read with one request for many; the rest when it is asked for. */
  Read read(ReleaseKey key, List<KubeObject> named) {
    Map<Kind, Map<String, KubeObject>> lists = lists(key, named, false);
    return (one, namespace) -> {
      Kind kind = new Kind(one.apiVersion(), one.kind(), namespace);
      Map<String, KubeObject> list = lists.get(kind);
      if (list == null) {
        return objects.live(one, namespace);
      }
      KubeObject listed = list.get(one.name());
      if (listed == null || !LARGE.contains(one.kind())) {
        return Optional.ofNullable(listed);
      }
      Optional<KubeObject> known = ahead.object(key, listed);
      return known.isPresent() ? known : objects.live(one, namespace);
    };
  }

  /** Reads and keeps those of which, later, it is enough to know whether they have changed. */
  void readAhead(ReleaseKey key, List<KubeObject> named) {
    Map<Kind, List<KubeObject>> many = many(key, named);
    many.keySet().removeIf(kind -> !LARGE.contains(kind.kind()));
    many.forEach(
        (kind, of) ->
            AtOnce.map(of, one -> objects.live(one, kind.namespace()))
                .forEach(live -> live.ifPresent(read -> ahead.keep(key, read))));
  }

  /** Which of these are as they were read: by key, as far as one request tells it of many. */
  Map<ObjectKey, KubeObject> unchanged(ReleaseKey key, List<KubeObject> read) {
    Map<Kind, Map<String, KubeObject>> lists = lists(key, read, true);
    Map<ObjectKey, KubeObject> unchanged = new HashMap<>();
    for (KubeObject object : read) {
      Map<String, KubeObject> list =
          lists.getOrDefault(
              new Kind(object.apiVersion(), object.kind(), object.namespace()), Map.of());
      KubeObject now = list.get(object.name());
      if (now != null && ReadAhead.version(now).equals(ReadAhead.version(object))) {
        unchanged.put(object.key(), object);
      }
    }
    return unchanged;
  }

  private Map<Kind, Map<String, KubeObject>> lists(
      ReleaseKey key, List<KubeObject> named, boolean metadataOnly) {
    Map<Kind, Map<String, KubeObject>> lists = new HashMap<>();
    List<Map.Entry<Kind, List<KubeObject>>> many = List.copyOf(many(key, named).entrySet());
    List<Optional<Map<String, KubeObject>>> answers =
        AtOnce.map(many, of -> list(of.getKey(), of.getValue().size(), metadataOnly));
    for (int i = 0; i < many.size(); i++) {
      Kind kind = many.get(i).getKey();
      answers.get(i).ifPresent(list -> lists.put(kind, list));
    }
    return lists;
  }

  private Optional<Map<String, KubeObject>> list(Kind kind, int wanted, boolean metadataOnly) {
    boolean withoutContent = metadataOnly || LARGE.contains(kind.kind());
    // Twice as many as are wanted: others' objects are not to be what takes the time.
    int most = withoutContent ? MOST : Math.min(MOST, 2 * wanted + MANY);
    try {
      return objects.listed(kind.apiVersion(), kind.kind(), kind.namespace(), most, withoutContent);
    } catch (ClusterException e) {
      if (!e.forbidden()) {
        throw e;
      }
      return Optional.empty(); // Each is asked for, and what may not be read is said of each.
    }
  }

  private Map<Kind, List<KubeObject>> many(ReleaseKey key, List<KubeObject> named) {
    Map<Kind, List<KubeObject>> byKind = new HashMap<>();
    for (KubeObject one : named) {
      ObjectKey object = objects.key(one, key.namespace());
      if (GatedKinds.has(object)) {
        byKind
            .computeIfAbsent(
                new Kind(one.apiVersion(), one.kind(), object.namespace()),
                none -> new ArrayList<>())
            .add(one);
      }
    }
    byKind.values().removeIf(of -> of.size() < MANY);
    return byKind;
  }
}
