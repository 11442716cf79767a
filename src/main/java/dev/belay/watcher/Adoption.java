package dev.belay.watcher;

import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.cluster.Releases;
import dev.belay.cluster.Revisions;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The first sight of a release, or the first after its {@code Release} was deleted. */
@ApplicationScoped
class Adoption {

  private static final Logger LOG = Logger.getLogger(Adoption.class);

  private final Releases releases;
  private final Revisions revisions;

  Adoption(Releases releases, Revisions revisions) {
    this.releases = releases;
    this.revisions = revisions;
  }

  /** Makes the {@code Release}; its newest stored revision, if there is one, is the stable one. */
  Release adopt(ReleaseKey key) {
    Release release = releases.create(key.namespace(), key.name());
    for (int number : revisions.numbers(key.namespace(), key.name())) {
      try {
        Optional<Revision> stored = revisions.read(key.namespace(), key.name(), number);
        if (stored.isPresent()) {
          Revision revision = stored.get();
          return releases.update(
              release,
              release
                  .status()
                  .withLineage(revision.lineage())
                  .withStable(
                      new Stable(
                          revision.number(), revision.helmRevision(), revision.verifiedAt())));
        }
      } catch (RevisionException e) {
        LOG.warnf("release %s: stored revision %d is not used: %s", key, number, e.getMessage());
      }
    }
    return release;
  }
}
