package dev.belay.validation;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a rule may look at besides the object it checks: the release that it comes with, and what is
 * live. What comes with the release counts as there, so no rule misses what is about to be written.
 *
 * <p>Made for one check, by one thread: it remembers what rules have worked out.
 */
public final class Scope {

  /** Namespace of kinds that have none. */
  public static final String CLUSTER = "";

  private final String namespace;
  private final List<KubeObject> release;
  private final Lookup live;
  private final Map<ObjectKey, KubeObject> byKey = new HashMap<>();
  private final Map<Class<?>, Object> workedOut = new HashMap<>();

  /**
   * @param namespace namespace of the release, for objects that name none
   * @param release all objects that come with the release, those of hooks included
   * @param live what is in the cluster
   */
  public Scope(String namespace, List<KubeObject> release, Lookup live) {
    this.namespace = namespace;
    this.release = List.copyOf(release);
    this.live = live;
    for (KubeObject object : this.release) {
      byKey.put(key(object), object);
      // A kind of the cluster is looked for without namespace, and some charts give it one.
      byKey.put(new ObjectKey(object.group(), object.kind(), CLUSTER, object.name()), object);
    }
  }

  /** For an object that comes alone, or of whose release nothing is known. */
  public static Scope alone() {
    return new Scope("", List.of(), Lookup.NOTHING_KNOWN);
  }

  public List<KubeObject> release() {
    return release;
  }

  /** The namespace that this object of the release will be in. */
  public String namespaceOf(KubeObject object) {
    return object.namespace().isEmpty() ? namespace : object.namespace();
  }

  /** The identity of this object of the release, with its namespace. */
  public ObjectKey key(KubeObject object) {
    return new ObjectKey(object.group(), object.kind(), namespaceOf(object), object.name());
  }

  /**
   * The object of this name: the one in the release, in whatever version it is written there, or
   * else the live one.
   *
   * @param apiVersion the version in which a live object is read
   * @param namespace its namespace; {@link #CLUSTER} for kinds of the cluster
   */
  public Found find(String apiVersion, String kind, String namespace, String name) {
    KubeObject own = byKey.get(new ObjectKey(group(apiVersion), kind, namespace, name));
    return own != null ? new Found.There(own) : live.find(apiVersion, kind, namespace, name);
  }

  /** The live object, whether or not the release has one of this name. */
  public Found live(String apiVersion, String kind, String namespace, String name) {
    return live.find(apiVersion, kind, namespace, name);
  }

  /**
   * All objects of this kind in the namespace, as they will be: those of the release, and the live
   * ones that it does not replace. Empty when the live ones are not known.
   */
  public Optional<List<KubeObject>> all(String apiVersion, String kind, String namespace) {
    return live.list(apiVersion, kind, namespace)
        .map(
            listed -> {
              String group = group(apiVersion);
              List<KubeObject> all = new ArrayList<>(own(group, kind, namespace));
              for (KubeObject object : listed) {
                if (!byKey.containsKey(new ObjectKey(group, kind, namespace, object.name()))) {
                  all.add(object);
                }
              }
              return all;
            });
  }

  private List<KubeObject> own(String group, String kind, String namespace) {
    return release.stream()
        .filter(object -> object.kind().equals(kind) && object.group().equals(group))
        .filter(object -> namespace.equals(CLUSTER) || namespace.equals(namespaceOf(object)))
        .toList();
  }

  /** What one or several rules need to know of the whole release, worked out once. */
  public <T> T once(Class<T> type, Function<Scope, T> work) {
    Object known = workedOut.get(type);
    if (known == null) {
      known = work.apply(this);
      workedOut.put(type, known);
    }
    return type.cast(known);
  }

  private static String group(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0 ? "" : apiVersion.substring(0, slash);
  }
}
