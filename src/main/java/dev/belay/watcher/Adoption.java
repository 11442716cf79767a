package dev.belay.watcher;

import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.ReleaseStatus.Stored;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Releases;
import dev.belay.cluster.Revisions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The {@code Release} of a release: found, or made at the first sight of it. */
@ApplicationScoped
class Adoption {

  private static final Logger LOG = Logger.getLogger(Adoption.class);

  private final Releases releases;
  private final Revisions revisions;
  private final Twice<ReleaseKey> gone = new Twice<>();

  Adoption(Releases releases, Revisions revisions) {
    this.releases = releases;
    this.revisions = revisions;
  }

  /**
   * The one that is followed already, or a new one. A new one has no stable revision: Secrets that
   * call themselves revisions may be anybody's, so the release has to prove itself first.
   */
  Release adopt(ReleaseKey key, Optional<Release> existing) {
    return existing.isPresent() && existing.get().status().known()
        ? listed(existing.get())
        : releases.create(key.namespace(), key.name());
  }

  /** A stable revision of a Belay that listed none is listed as it is found, once. */
  private Release listed(Release release) {
    ReleaseStatus status = release.status();
    Stable stable = status.stable();
    if (stable == null || !status.history().isEmpty()) {
      return release;
    }
    Optional<String> told =
        revisions.toldDigest(release.namespace(), release.name(), stable.revision());
    ReleaseKey key = new ReleaseKey(release.namespace(), release.name());
    if (told.isEmpty() && !gone.said(key)) {
      throw new ClusterException(
          "stored revision %d has no Secret; it is looked for again before that is believed"
              .formatted(stable.revision()),
          0);
    }
    String digest = told.orElse("none: its Secret is gone");
    LOG.infof(
        "release %s/%s: stored revision %d is listed as it was found, digest %s",
        release.namespace(), release.name(), stable.revision(), digest);
    Stored stored =
        new Stored(stable.revision(), stable.helmRevision(), stable.verifiedAt(), digest);
    return releases.update(release, status.withStored(stored, 1));
  }
}
