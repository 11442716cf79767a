package dev.belay.watcher;

import dev.belay.api.Mode;
import dev.belay.api.Names;
import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.ReleaseStatus.Stored;
import dev.belay.api.Rollback;
import dev.belay.cluster.EventWriter;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.Releases;
import dev.belay.membership.Group;
import dev.belay.revision.Revision;
import dev.belay.text.Digits;
import dev.belay.text.Printable;
import dev.belay.watcher.Observer.Unreadable;
import dev.belay.watcher.TargetRevision.Target;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jboss.logging.Logger;

/**
 * The rollback that a person asks for: {@code kubectl annotate release web
 * belay.dev/rollback-to=3}, in Belay's numbers. What is asked for is done once, or answered with an
 * Event that says why not; either way the annotation is taken away.
 */
@ApplicationScoped
class ManualRollback {

  private static final Logger LOG = Logger.getLogger(ManualRollback.class);

  /** What is told of an annotation that is no number, in characters. */
  private static final int MAX_ASKED = 50;

  private final TargetRevision targets;
  private final Releases releases;
  private final HelmRecords records;
  private final RollbackStart start;
  private final DeclarativeRollback declarative;
  private final Rollbacks rollbacks;
  private final EventWriter events;

  ManualRollback(
      TargetRevision targets,
      Releases releases,
      HelmRecords records,
      RollbackStart start,
      DeclarativeRollback declarative,
      Rollbacks rollbacks,
      EventWriter events) {
    this.targets = targets;
    this.releases = releases;
    this.records = records;
    this.start = start;
    this.declarative = declarative;
    this.rollbacks = rollbacks;
    this.events = events;
  }

  /** Helm's number of the record that describes this revision, which may be that of a rollback. */
  static int recorded(ReleaseStatus status, Revision target) {
    Stable stable = status.stable();
    return stable != null && stable.revision() == target.number()
        ? stable.helmRevision()
        : target.helmRevision();
  }

  /** Whether somebody asks for one that can be begun: another one is finished first. */
  static boolean isAsked(Release release) {
    return release.object().annotations().containsKey(Names.ROLLBACK_TO_ANNOTATION)
        && release.status().runningRollback() == null;
  }

  /** Takes the annotation away whose rollback is under way; that may not have been done yet. */
  Release withdrawBegun(Release release) {
    Rollback rollback = release.status().runningRollback();
    boolean begun =
        rollback != null
            && rollback.asked()
            && asked(release).equals(Integer.toString(rollback.toRevision()));
    return begun ? releases.withoutAnnotation(release, Names.ROLLBACK_TO_ANNOTATION) : release;
  }

  /** Does what is asked of a release of Helm, whose newest revision is given. */
  void ofHelm(ReleaseKey key, Release release, Mode mode, int helmRevision, Instant now)
      throws Unreadable {
    Optional<Revision> target = target(key, release, mode, now);
    if (target.isEmpty()) {
      return;
    }
    int recorded = recorded(release.status(), target.get());
    if (records.read(key.namespace(), key.name(), recorded).isEmpty()) {
      reject(
          release,
          "Helm keeps no record of its revision %d any more, which it would go on from; use a revision that `helm history %s` lists"
              .formatted(recorded, key.name()),
          now);
      return;
    }
    begun(key, start.beginAsked(key, release, target.get(), helmRevision, now));
  }

  /** Does what is asked of a release of another client. */
  void ofMembers(ReleaseKey key, Release release, Mode mode, Group group, Instant now)
      throws Unreadable {
    Optional<Revision> target = target(key, release, mode, now);
    if (target.isPresent()) {
      begun(key, declarative.beginAsked(key, release, target.get(), group, now));
    }
  }

  private void begun(ReleaseKey key, Begun begun) throws Unreadable {
    rollbacks.begun(key, new Begun(withdrawBegun(begun.release()), begun.target(), begun.live()));
  }

  private Optional<Revision> target(ReleaseKey key, Release release, Mode mode, Instant now) {
    String asked = asked(release);
    OptionalInt number = Digits.read(asked, Digits.MAX);
    List<Integer> stored = release.status().history().stream().map(Stored::revision).toList();
    if (mode != Mode.ENFORCE) {
      reject(release, "the namespace is only observed", now);
    } else if (asked.startsWith("0") || number.isEmpty()) {
      reject(release, none(stored), now);
    } else {
      Target target = targets.read(key, release.status(), number.getAsInt());
      if (target instanceof Target.Unusable unusable) {
        boolean listed = stored.contains(number.getAsInt());
        String why = listed ? "its Secret is gone" : none(stored);
        reject(release, unusable.gone() ? why : unusable.why(), now);
      }
      return target.revision();
    }
    return Optional.empty();
  }

  private static String none(List<Integer> stored) {
    return "it is none of the stored revisions %s".formatted(stored.reversed());
  }

  private void reject(Release release, String why, Instant now) {
    String message =
        "not rolled back to \"%s\", as the annotation %s asks: %s"
            .formatted(
                Printable.escaped(asked(release), MAX_ASKED), Names.ROLLBACK_TO_ANNOTATION, why);
    LOG.warnf("release %s/%s: %s", release.namespace(), release.name(), message);
    events.write(
        releases.withoutAnnotation(release, Names.ROLLBACK_TO_ANNOTATION),
        Reason.NotRolledBack,
        message,
        now);
  }

  private static String asked(Release release) {
    return release.object().annotations().getOrDefault(Names.ROLLBACK_TO_ANNOTATION, "").strip();
  }
}
