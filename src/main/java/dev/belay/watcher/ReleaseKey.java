package dev.belay.watcher;

/** Namespace and name of a release. */
public record ReleaseKey(String namespace, String name) {
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
