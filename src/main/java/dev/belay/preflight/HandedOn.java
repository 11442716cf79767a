package dev.belay.preflight;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.DryRun;
import dev.belay.manifest.KubeObject;
import java.util.Optional;

/**
 * A node port that is taken now by a Service of the same release, which gives it up in this change:
 * Helm writes one after the other.
 */
record HandedOn(Change change, AppliedBefore before) {

  /** As the API server says it (kubernetes, pkg/registry/core/service/storage/alloc.go). */
  private static final Pattern TAKEN =
      Pattern.compile("Invalid value: ([0-9]{1,5}): provided port is already allocated");

  /**
   * What the release does with such a port, where this refusal is for want of it, and of no other.
   */
  Optional<String> explains(DryRun.Answer refusal) {
    Matcher taken = TAKEN.matcher(refusal.response().message());
    Optional<String> explained = Optional.empty();
    while (taken.find()) {
      explained = givenUp(Integer.parseInt(taken.group(1)));
      if (explained.isEmpty()) {
        return explained;
      }
    }
    return explained;
  }

  private Optional<String> givenUp(int port) {
    String who;
    try {
      Optional<String> giver =
          change.objects().stream()
              .filter(object -> object.key().groupKind().equals("Service") && !has(object, port))
              .filter(object -> before.object(object).filter(was -> has(was, port)).isPresent())
              .map(object -> object.key().display())
              .findFirst();
      if (giver.isEmpty()) {
        return giver;
      }
      who = giver.get();
    } catch (ClusterException e) {
      who = "another Service, perhaps"; // Nobody knows.
    }
    return Optional.of("takes node port %d from %s".formatted(port, who));
  }

  private static boolean has(KubeObject service, int port) {
    return service.list("spec", "ports").stream()
        .anyMatch(entry -> entry.path("nodePort").asInt(0) == port);
  }
}
