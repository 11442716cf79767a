package dev.belay.admission;

import dev.belay.api.KnownBad;
import dev.belay.api.Names;
import dev.belay.api.Release;
import dev.belay.api.Rollback;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.LockHints;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.membership.Marks;
import dev.belay.membership.References;
import dev.belay.report.ChangeName;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jboss.logging.Logger;

/**
 * Why nobody may change a release now. Two reasons: it is being rolled back, and what a client
 * writes meanwhile would end as a mix of both; or this very change has just failed.
 *
 * <p>Refuses on a fresh read only. When the API server does not answer, or too late, nothing is
 * locked. Its reads have half of the time: with the other half what is asked about can be judged.
 */
@ApplicationScoped
class Locks {

  private static final Logger LOG = Logger.getLogger(Locks.class);

  private static final Set<HelmStatus> PENDING =
      Set.of(HelmStatus.PENDING_INSTALL, HelmStatus.PENDING_UPGRADE, HelmStatus.PENDING_ROLLBACK);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private final Releases releases;
  private final HelmRecords records;
  private final LockHints hints;
  private final Objects objects;
  private final ServerClock clock;

  Locks(
      Releases releases, HelmRecords records, LockHints hints, Objects objects, ServerClock clock) {
    this.objects = objects;
    this.releases = releases;
    this.records = records;
    this.hints = hints;
    this.clock = clock;
  }

  /** Why Helm may not apply this record now. */
  Optional<String> of(String namespace, HelmRecord record, Deadline deadline) {
    return inTime(namespace, deadline, () -> ofRecord(namespace, record));
  }

  private Optional<String> ofRecord(String namespace, HelmRecord record) {
    return read(namespace, record.name())
        .flatMap(
            release ->
                rollback(release)
                    .or(
                        () ->
                            knownBad(release)
                                .filter(bad -> bad.digest().equals(record.digest()))
                                .map(bad -> message(release, bad, "this upgrade", ""))));
  }

  /**
   * Whether one of the releases that this object may name can have a lock; asks nobody. What has
   * its name from elsewhere, or names no release, may be in any of them.
   */
  boolean mayHold(String namespace, KubeObject object) {
    boolean anyones = Marks.isNamedBeside(object) || Marks.release(object).isEmpty();
    return (anyones && !hints.lockedIn(namespace).isEmpty())
        || Marks.candidates(object).stream().anyMatch(name -> hints.mayBeLocked(namespace, name));
  }

  /** Why this object of the release may not be written now. */
  Optional<Answer> of(String namespace, String name, KubeObject object, Deadline deadline) {
    return hints.mayBeLocked(namespace, name)
        ? inTime(namespace, deadline, () -> ofMember(namespace, name, object))
        : Optional.empty();
  }

  private Optional<Answer> ofMember(String namespace, String name, KubeObject object) {
    return read(namespace, name)
        .flatMap(
            release ->
                rollback(release)
                    .filter(why -> !overtaken(release, running(release)))
                    .map(Answer::locked)
                    .or(() -> knownBad(release, object)));
  }

  /**
   * The same for an object that does not say whose it is: it is locked if a rollback that is under
   * way restores it, or if it was part of the change that failed.
   */
  Optional<Answer> ofUnmarked(String namespace, KubeObject object, Deadline deadline) {
    List<String> locked = hints.lockedIn(namespace);
    return locked.isEmpty()
        ? Optional.empty()
        : inTime(namespace, deadline, () -> ofAny(namespace, locked, object));
  }

  private Optional<Answer> ofAny(String namespace, List<String> locked, KubeObject object) {
    for (String name : locked) {
      Optional<Answer> lock =
          read(namespace, name)
              .flatMap(
                  release ->
                      rollback(release)
                          .filter(why -> restores(release, object))
                          .map(Answer::locked)
                          .or(() -> knownBad(release, object)));
      if (lock.isPresent()) {
        return lock;
      }
    }
    return Optional.empty();
  }

  private static boolean restores(Release release, KubeObject object) {
    Rollback rollback = release.status().rollback();
    return rollback != null
        && rollback.steps().stream()
            .anyMatch(step -> step.display().equals(object.key().display()));
  }

  private Optional<String> rollback(Release release) {
    Rollback rollback = release.status().rollback();
    if (rollback == null
        || rollback.restoredAt() != null
        || !rollback.underWay()
        || !clock.now().isBefore(rollback.startedAt().plus(Rollback.LOCK))) {
      return Optional.empty();
    }
    if (rollback.asked()) {
      return Optional.of(
          "release %s is being rolled back to stored revision %d, as asked; try again in a few seconds"
              .formatted(release.name(), rollback.toRevision()));
    }
    return Optional.of(
        "release %s is being rolled back to stored revision %d, since %s failed; try again in a few seconds"
            .formatted(
                release.name(),
                rollback.toRevision(),
                ChangeName.of(rollback.helmRevision(), release.status().client())));
  }

  private static int running(Release release) {
    Rollback rollback = release.status().rollback();
    return rollback == null ? 0 : rollback.helmRevision();
  }

  private Optional<Answer> knownBad(Release release, KubeObject object) {
    String display = object.key().display();
    Optional<KnownBad> bad = knownBad(release);
    if (bad.isEmpty()) {
      return Optional.empty();
    }
    String digest = ObjectDigest.of(object);
    boolean failed = bad.get().object().equals(display) && bad.get().objectDigest().equals(digest);
    if (failed && isCorrected(object, bad.get())) {
      return Optional.empty();
    }
    boolean sibling = bad.get().resent() && bad.get().siblings().contains(digest);
    if ((!failed && !sibling) || overtaken(release, bad.get().helmRevision())) {
      return Optional.empty();
    }
    String message =
        message(release, bad.get(), "this change of " + display, failed ? "" : "part of ");
    // Helm's own writes come after its record, which is refused. Those of kubectl come without
    // one, and those of Flux's drift correction: only the refusal tells what belongs together.
    return Optional.of(Answer.failedBefore(message));
  }

  /**
   * Whether something that the workload's Pods read is neither as it was when they failed nor as it
   * was put back: kubectl writes a ConfigMap before the workload that needs it.
   */
  private boolean isCorrected(KubeObject workload, KnownBad bad) {
    return bad.digest().isEmpty()
        && References.dataOfPods(workload).stream()
            .flatMap(key -> objects.get("v1", key.kind(), key.namespace(), key.name()).stream())
            .anyMatch(live -> !bad.needs().contains(ObjectDigest.of(live)));
  }

  private Optional<KnownBad> knownBad(Release release) {
    return Optional.ofNullable(release.status().knownBad())
        .filter(bad -> bad.holds(clock.now(), release.retry()));
  }

  private static String message(Release release, KnownBad bad, String what, String part) {
    Instant until = bad.until();
    return ("%s is %sthe one that failed%s: %s. It is not applied again before %s, unless something of it"
            + " changes (to try it now: kubectl annotate release %s -n %s %s=%d --overwrite)")
        .formatted(
            what,
            part,
            bad.helmRevision() > 0 ? " as Helm revision " + bad.helmRevision() : "",
            bad.message(),
            TIME.format(until),
            release.name(),
            release.namespace(),
            Names.RETRY_ANNOTATION,
            // The same each time: what is said again and again is put down once.
            until.getEpochSecond());
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

  private static <T> Optional<T> inTime(
      String namespace, Deadline deadline, Callable<Optional<T>> lock) {
    try {
      return InTime.ask(deadline.left().dividedBy(2), lock);
    } catch (ClusterException e) {
      LOG.warnf("what is locked in namespace %s is not known: %s", namespace, e.getMessage());
      return Optional.empty();
    }
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
