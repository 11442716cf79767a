package dev.belay.api;

import dev.belay.manifest.KubeObject;

/**
 * A {@code Release} as it stands in the cluster.
 *
 * @param object the object as read, with the resourceVersion that the next write is based on
 * @param status its status, as data
 */
public record Release(KubeObject object, ReleaseStatus status) {

  public String namespace() {
    return object.namespace();
  }

  /** What {@value Names#RETRY_ANNOTATION} says; empty when nobody has set it. */
  public String retry() {
    return object.annotations().getOrDefault(Names.RETRY_ANNOTATION, "");
  }

  public String name() {
    return object.name();
  }
}
