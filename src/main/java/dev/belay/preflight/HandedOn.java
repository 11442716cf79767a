package dev.belay.preflight;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.DryRun;
import dev.belay.manifest.KubeObject;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node port that is taken now by a Service of the same release, which gives it up in this change:
 * Helm writes one after the other.
 */
record HandedOn(Change change, AppliedBefore before) {

  /** As the API server says it (kubernetes, pkg/registry/core/service/storage/alloc.go). */
  private static final Pattern TAKEN =
      Pattern.compile("Invalid value: ([0-9]{1,5}): provided port is already allocated");

  /** Whether this refusal is for want of such a port. */
  boolean explains(DryRun.Answer refusal) {
    Matcher taken = TAKEN.matcher(refusal.response().message());
    boolean explained = false;
    while (taken.find()) {
      if (!isGivenUp(Integer.parseInt(taken.group(1)))) {
        return false;
      }
      explained = true;
    }
    return explained;
  }

  private boolean isGivenUp(int port) {
    try {
      return change.objects().stream()
          .filter(object -> object.key().groupKind().equals("Service") && !has(object, port))
          .anyMatch(object -> before.object(object).filter(was -> has(was, port)).isPresent());
    } catch (ClusterException e) {
      return true; // Nobody knows.
    }
  }

  private static boolean has(KubeObject service, int port) {
    return service.list("spec", "ports").stream()
        .anyMatch(entry -> entry.path("nodePort").asInt(0) == port);
  }
}
