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
    if (finalizers.isEmpty()) {
      return "is being deleted since " + since;
    }
    return "is being deleted since %s, and waits for its finalizers %s"
            .formatted(since, String.join(", ", finalizers))
        + dataOf(live, finalizers);
  }

  /** A claim can't be taken back once it is deleted, but what is in it can be saved. */
  private static String dataOf(KubeObject live, List<String> finalizers) {
    String volume = live.text("", "spec", "volumeName");
    return finalizers.contains("kubernetes.io/pvc-protection") && !volume.isEmpty()
        ? ". It goes when no Pod uses it any more, and what is in it with it, unless its volume is kept: kubectl patch pv %s -p '{\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}}'"
            .formatted(volume)
        : "";
  }
}
