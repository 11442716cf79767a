package dev.belay.admission;

import dev.belay.api.Baseline;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.Unready;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.readiness.AsBefore;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Puts down on the {@code Release} that an object is not ready while a change of it is let through:
 * the watcher may come to see it when it is written, and would take what it lacks for the change's
 * doing. The answer waits for that, a second at most, so that it is there before the object is; for
 * objects that are ready, which nearly all are, nothing is asked or written.
 */
@ApplicationScoped
class UnreadyBefore {

  private static final Logger LOG = Logger.getLogger(UnreadyBefore.class);

  private static final Duration AT_MOST = Duration.ofSeconds(1);

  /** The watcher and other reviews may be writing the same status. */
  private static final int ATTEMPTS = 5;

  private final Releases releases;
  private final Naming naming;
  private final ServerClock clock;

  UnreadyBefore(Releases releases, Naming naming, ServerClock clock) {
    this.releases = releases;
    this.naming = naming;
    this.clock = clock;
  }

  /** Notes how the object of a review that was let through is, if it is not ready. */
  void note(Review review, Deadline deadline) {
    if (!review.operation().equals("UPDATE") || review.dryRun()) {
      return;
    }
    Instant now = clock.now();
    Optional<Baseline> was = AsBefore.unready(review.oldObject(), review.object(), now);
    if (was.isEmpty()) {
      return;
    }
    Unready unready = new Unready(now, AsBefore.wanted(review.oldObject()), was.get());
    Duration left = deadline.left().dividedBy(2);
    try {
      InTime.ask(
          left.compareTo(AT_MOST) < 0 ? left : AT_MOST,
          () -> {
            naming.of(review).ifPresent(name -> write(review.namespace(), name, unready));
            return true;
          });
    } catch (ClusterException e) {
      LOG.warnf(
          "%s in namespace %s is not ready before a change of it, which could not be put down: %s",
          review.object().key().display(), review.namespace(), e.getMessage());
    }
  }

  private void write(String namespace, String name, Unready unready) {
    for (int attempt = 1; ; attempt++) {
      Optional<Release> release = releases.get(namespace, name);
      if (release.isEmpty() || !isAtRest(release.get().status())) {
        return;
      }
      try {
        releases.update(release.get(), release.get().status().withUnready(unready));
        return;
      } catch (ClusterException e) {
        if (!e.conflict() || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Of what is being changed already, the watcher has seen how it was, or it is not known. */
  private static boolean isAtRest(ReleaseStatus status) {
    return status.changeSet() == null && status.stable() != null && status.proven();
  }
}
