package dev.belay.manifest;

import java.util.Comparator;

/**
 * The identity of an object in a cluster: group, kind, namespace and name. The API version is no
 * part of it, since one object can be read and written in several versions.
 *
 * @param group API group; empty for the core group
 * @param kind kind in CamelCase, for example {@code Deployment}
 * @param namespace namespace; empty for objects of the cluster
 * @param name name
 */
public record ObjectKey(String group, String kind, String namespace, String name)
    implements Comparable<ObjectKey> {

  private static final Comparator<ObjectKey> ORDER =
      Comparator.comparing(ObjectKey::kind)
          .thenComparing(ObjectKey::group)
          .thenComparing(ObjectKey::namespace)
          .thenComparing(ObjectKey::name);

  @Override
  public int compareTo(ObjectKey other) {
    return ORDER.compare(this, other);
  }

  /** What people read in messages: {@code Deployment/web}. */
  public String display() {
    return kind + "/" + name;
  }

  /** Group and kind as Kubernetes writes them: {@code Deployment.apps}, {@code Service}. */
  public String groupKind() {
    return group.isEmpty() ? kind : kind + "." + group;
  }

  @Override
  public String toString() {
    return groupKind() + "/" + (namespace.isEmpty() ? "" : namespace + "/") + name;
  }
}
