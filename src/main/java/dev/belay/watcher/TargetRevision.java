package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.ClusterException;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * The stored revision that a rollback is to restore. That it can't be used ends a rollback for
 * good, so it has to be found so twice, some seconds apart.
 */
@ApplicationScoped
class TargetRevision {

  private final Observer observer;
  private final Twice<Named> unusable = new Twice<>();

  TargetRevision(Observer observer) {
    this.observer = observer;
  }

  private record Named(ReleaseKey release, int number) {}

  /** What was found. */
  sealed interface Target {

    /** It can be restored. */
    record Usable(Revision found) implements Target {}

    /**
     * It can't.
     *
     * @param why as the end of a sentence
     * @param gone whether no part of it is there
     */
    record Unusable(String why, boolean gone) implements Target {}

    /** What can be restored; empty where nothing can. */
    default Optional<Revision> revision() {
      return this instanceof Usable usable ? Optional.of(usable.found()) : Optional.empty();
    }
  }

  /**
   * Reads this revision of the release.
   *
   * @throws ClusterException when it can't be read, or was found unusable for the first time: it is
   *     looked at again then
   */
  Target read(ReleaseKey key, ReleaseStatus status, int number) {
    Named named = new Named(key, number);
    Target.Unusable found;
    try {
      Optional<Revision> read = observer.revision(key, status, number);
      if (read.isPresent()) {
        unusable.unsaid(named);
        return new Target.Usable(read.get());
      }
      found = new Target.Unusable("it is gone", true);
    } catch (RevisionException e) {
      found = new Target.Unusable(String.valueOf(e.getMessage()), false);
    }
    if (!unusable.said(named)) {
      throw new ClusterException(
          "stored revision %d: %s; it is read again before that is believed"
              .formatted(number, found.why()),
          0);
    }
    return found;
  }
}
