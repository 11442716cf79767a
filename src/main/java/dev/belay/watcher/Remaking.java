package dev.belay.watcher;

import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Claim;
import dev.belay.rollback.RemadeClaim;
import dev.belay.rollback.Restoration;
import dev.belay.rollback.TakenAddress;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Makes anew what is gone: as it was, but for an address or a volume that can't be had again. Not
 * what Helm uninstalls.
 */
@ApplicationScoped
class Remaking {

  private final Objects objects;
  private final Uninstall uninstall;

  Remaking(Objects objects, Uninstall uninstall) {
    this.objects = objects;
    this.uninstall = uninstall;
  }

  /**
   * What was asked for, and what was answered.
   *
   * @param wanted the object without what can't be had again
   * @param other what that is; empty for nothing
   */
  record Remade(KubeObject wanted, ApiResponse response, Optional<String> other) {

    /** Of an object that can be as it was. */
    static Remade asWanted(KubeObject wanted, ApiResponse response) {
      return new Remade(wanted, response, Optional.empty());
    }
  }

  /**
   * Makes the object.
   *
   * @param stored as it was
   * @param ofHelm whether Helm keeps records of the release
   * @throws ClusterException when Helm uninstalls the release
   */
  Remade create(Claim claim, KubeObject stored, boolean ofHelm) {
    if (ofHelm) {
      // What Helm deletes just now would come back for a moment.
      uninstall.requireNone(claim.namespace(), claim.release());
    }
    KubeObject wanted = stored;
    Optional<String> other = Optional.empty();
    Optional<String> gone = RemadeClaim.volume(stored).filter(volume -> !isKept(volume));
    if (gone.isPresent()) {
      other = gone.map(RemadeClaim::told);
      wanted = RemadeClaim.withoutVolume(stored);
    }
    ApiResponse response = objects.create(Restoration.creation(wanted));
    if (!response.ok() && TakenAddress.isWhy(wanted, response.message())) {
      other = Optional.of(TakenAddress.told(wanted));
      wanted = TakenAddress.without(wanted);
      response = objects.create(Restoration.creation(wanted));
    }
    return new Remade(wanted, response, other);
  }

  /** Where volumes can't be read, this one may be kept. */
  private boolean isKept(String volume) {
    try {
      return RemadeClaim.isKept(objects.get("v1", "PersistentVolume", "", volume));
    } catch (ClusterException e) {
      if (!e.forbidden()) {
        throw e;
      }
      return true;
    }
  }
}
