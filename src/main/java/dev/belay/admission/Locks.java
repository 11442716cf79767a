package dev.belay.admission;

import dev.belay.api.KnownBad;
import dev.belay.api.Names;
import dev.belay.api.Release;
import dev.belay.api.Rollback;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.LockHints;
import dev.belay.cluster.Releases;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Why nobody may change a release now. Two reasons: it is being rolled back, and what a client
 * writes meanwhile would end as a mix of both; or this very change has just failed.
 *
 * <p>Refuses on a fresh read only. When the API server does not answer, nothing is locked.
 */
@ApplicationScoped
class Locks {

  private static final Logger LOG = Logger.getLogger(Locks.class);

  /** A rollback takes a second or two; a watcher that died in the middle must not lock for long. */
  private static final Duration ROLLBACK = Duration.ofMinutes(1);

  private static final Set<HelmStatus> PENDING =
      Set.of(HelmStatus.PENDING_INSTALL, HelmStatus.PENDING_UPGRADE, HelmStatus.PENDING_ROLLBACK);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private final Releases releases;
  private final HelmRecords records;
  private final LockHints hints;
  private final Clock clock = Clock.systemUTC();

  Locks(Releases releases, HelmRecords records, LockHints hints) {
    this.releases = releases;
    this.records = records;
    this.hints = hints;
  }

  /** Why Helm may not apply this record now. */
  Optional<String> of(String namespace, HelmRecord record) {
    return read(namespace, record.name())
        .flatMap(
            release ->
                rollback(release)
                    .or(
                        () ->
                            knownBad(release)
                                .filter(
                                    bad -> bad.digest().equals(ObjectDigest.of(record.manifest())))
                                .map(bad -> message(release, bad, "this upgrade"))));
  }

  /** Why this object of the release may not be written now. */
  Optional<String> of(String namespace, String name, KubeObject object) {
    if (!hints.mayBeLocked(namespace, name)) {
      return Optional.empty();
    }
    return read(namespace, name)
        .flatMap(
            release ->
                rollback(release)
                    .filter(why -> !overtaken(release, running(release)))
                    .or(() -> knownBad(release, object)));
  }

  private Optional<String> rollback(Release release) {
    Rollback rollback = release.status().rollback();
    if (rollback == null
        || rollback.restoredAt() != null
        || rollback.finishedAt() != null
        || !clock.instant().isBefore(rollback.startedAt().plus(ROLLBACK))) {
      return Optional.empty();
    }
    return Optional.of(
        "release %s is being rolled back to stored revision %d, since Helm revision %d failed; try again in a few seconds"
            .formatted(release.name(), rollback.toRevision(), rollback.helmRevision()));
  }

  private static int running(Release release) {
    Rollback rollback = release.status().rollback();
    return rollback == null ? 0 : rollback.helmRevision();
  }

  private Optional<String> knownBad(Release release, KubeObject object) {
    String display = object.key().display();
    return knownBad(release)
        .filter(bad -> bad.object().equals(display))
        .filter(bad -> bad.objectDigest().equals(ObjectDigest.of(object)))
        .filter(bad -> !overtaken(release, bad.helmRevision()))
        .map(bad -> message(release, bad, "this change of " + display));
  }

  private Optional<KnownBad> knownBad(Release release) {
    String retry = release.object().annotations().getOrDefault(Names.RETRY_ANNOTATION, "");
    return Optional.ofNullable(release.status().knownBad())
        .filter(bad -> bad.holds(clock.instant(), retry));
  }

  private String message(Release release, KnownBad bad, String what) {
    Instant until = bad.until();
    return ("%s is the one that failed as Helm revision %d: %s. It is not applied again before %s, unless something of it"
            + " changes (to try it now: kubectl annotate release %s -n %s %s=%d --overwrite)")
        .formatted(
            what,
            bad.helmRevision(),
            bad.message(),
            TIME.format(until),
            release.name(),
            release.namespace(),
            Names.RETRY_ANNOTATION,
            clock.instant().getEpochSecond());
  }

  /**
   * Whether Helm is at work on a later revision: its record was let through, so are its objects.
   */
  private boolean overtaken(Release release, int helmRevision) {
    List<KubeObject> history =
        records.metadata(release.namespace(), new ReleaseName(release.name()));
    if (history.isEmpty()) {
      return false;
    }
    KubeObject newest = history.getLast();
    return HelmRecords.revision(newest) > helmRevision
        && PENDING.contains(HelmStatus.of(newest.labels().getOrDefault("status", "")));
  }

  private Optional<Release> read(String namespace, String name) {
    try {
      return releases.get(namespace, name);
    } catch (ClusterException e) {
      LOG.warnf("Release %s/%s could not be read: %s", namespace, name, e.getMessage());
      return Optional.empty();
    }
  }
}
