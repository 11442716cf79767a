package dev.belay.watcher;

import dev.belay.manifest.KubeObject;
import java.util.List;

/** What is said of an object that is deleted and not gone. */
final class Going {

  private Going() {}

  static String words(KubeObject live) {
    List<String> finalizers =
        live.list("metadata", "finalizers").stream().map(finalizer -> finalizer.asText()).toList();
    String since = live.text("", "metadata", "deletionTimestamp");
    return finalizers.isEmpty()
        ? "is being deleted since " + since
        : "is being deleted since %s, and waits for its finalizers %s".formatted(since, finalizers);
  }
}
