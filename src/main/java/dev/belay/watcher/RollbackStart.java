package dev.belay.watcher;

import dev.belay.api.Failure;
import dev.belay.api.KnownBad;
import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Step;
import dev.belay.api.Sent;
import dev.belay.api.Told;
import dev.belay.cluster.Asked;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.EventWriter;
import dev.belay.cluster.Evidence;
import dev.belay.cluster.Evidence.LogEnd;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.Releases;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.masking.Masking;
import dev.belay.readiness.Cause;
import dev.belay.report.Bounded;
import dev.belay.report.ChangeName;
import dev.belay.report.Changes;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import dev.belay.rollback.Plan;
import dev.belay.rollback.Scale;
import dev.belay.rollout.Observation;
import dev.belay.watcher.Observer.Unreadable;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a rollback: evidence is taken while it is there, the plan is made, and both are
 * saved before anything is touched.
 */
@ApplicationScoped
class RollbackStart {

  private static final Logger LOG = Logger.getLogger(RollbackStart.class);
  private static final int MESSAGE_CHARS = 500;
  private static final int LOG_LINES = 20;
  private static final int LOG_LINE_CHARS = 300;
  private static final Duration EVIDENCE_WITHIN = Duration.ofSeconds(2);
  private static final LogEnd NO_LOG = new LogEnd("", false);

  /** As many as the CRD allows; a release that needs more is not restored by half. */
  private static final int MAX_STEPS = 5_000;

  private final Observer observer;
  private final TargetRevision targets;
  private final HelmRecords records;
  private final ReadAhead ahead;
  private final Releases releases;
  private final Evidence evidence;
  private final EventWriter events;
  private final FailureEvents failureEvents;
  private final KnownSecrets secrets;
  private final Baselines baselines;

  RollbackStart(
      Observer observer,
      TargetRevision targets,
      HelmRecords records,
      ReadAhead ahead,
      Releases releases,
      Evidence evidence,
      EventWriter events,
      FailureEvents failureEvents,
      KnownSecrets secrets,
      Baselines baselines) {
    this.observer = observer;
    this.targets = targets;
    this.records = records;
    this.ahead = ahead;
    this.releases = releases;
    this.evidence = evidence;
    this.events = events;
    this.failureEvents = failureEvents;
    this.secrets = secrets;
    this.baselines = baselines;
  }

  /** Saves the cause and the plan; the release that is answered carries both. */
  Begun begin(ReleaseKey key, Release release, Observation seen, Cause cause, Instant now)
      throws Unreadable {
    ReleaseStatus status = release.status();
    Stable stable = java.util.Objects.requireNonNull(status.stable());
    int helmRevision = seen.helm().revision();
    // The Pods that tell why are there now; nothing of the rest has to wait for them, or they for
    // it.
    Taken evidence = take(key, status, helmRevision, cause, now);
    Asked<Optional<Revision>> stored =
        Asked.of(() -> targets.read(key, status, stable.revision()).revision());
    Asked<List<KubeObject>> history = Asked.of(() -> history(key));
    ReadAhead.Recorded recorded = observer.recorded(key, helmRevision);
    HelmRecord record = recorded.record();
    Observer.Live live = observer.live(key, recorded.objects());
    Optional<Revision> target = stored.answer();
    Change change =
        new Change(target.map(Revision::objects).orElse(List.of()), byKey(live), live.notCovered());
    Failure failure = failure(key, status, change, helmRevision, cause, now, evidence);
    // What failed before stays known when this time it was the client that failed.
    KnownBad bad =
        Blame.of(release, record, cause, failure, change.before(), change.after().values(), now)
            .orElse(status.knownBad());
    Rollback rollback =
        new Rollback(
            UUID.randomUUID().toString(),
            stable.revision(),
            helmRevision,
            now,
            null,
            null,
            target.isEmpty()
                // The run finds that it is damaged too, and says it.
                ? List.of()
                : steps(
                    key,
                    target.get(),
                    since(history.answer(), stable.helmRevision()),
                    helmRevision,
                    change.after()));
    ReleaseStatus named = status.withNotCovered(change.notCovered());
    Release saved = save(key, new Release(release.object(), named), failure, rollback, bad, now);
    return new Begun(saved, target, change.after());
  }

  /** The plan to restore what somebody asked for, saved; no change has failed. */
  Begun beginAsked(ReleaseKey key, Release release, Revision target, int helmRevision, Instant now)
      throws Unreadable {
    Map<ObjectKey, KubeObject> live = live(key, helmRevision);
    List<KubeObject> since = since(history(key), target.helmRevision());
    List<Step> steps = steps(key, target, since, helmRevision, live);
    Release saved = saveAsked(key, release, target, helmRevision, steps, now);
    return new Begun(saved, Optional.of(target), live);
  }

  /** Writes down what was asked for and how it is done. */
  Release saveAsked(
      ReleaseKey key,
      Release release,
      Revision target,
      int helmRevision,
      List<Step> steps,
      Instant now) {
    Rollback rollback =
        new Rollback(
            UUID.randomUUID().toString(),
            target.number(),
            helmRevision,
            now,
            null,
            null,
            steps,
            true,
            baselines.asked(key, release.status(), now));
    String message = "rolling back to stored revision %d, as asked".formatted(target.number());
    LOG.infof("release %s: %s", key, message);
    ReleaseStatus status = release.status().withRollback(rollback).withChangeSet(null);
    Release saved = releases.update(release, Conditions.rollingBack(status, message, now));
    events.write(saved, Reason.RollingBack, message, now);
    return saved;
  }

  /** Writes cause and plan down; from here on the rollback is finished, whatever happens. */
  Release save(
      ReleaseKey key,
      Release release,
      Failure failure,
      Rollback rollback,
      @Nullable KnownBad bad,
      Instant now) {
    ReleaseStatus status = release.status();
    String message =
        "%s failed, rolling back to stored revision %d: %s"
            .formatted(
                ChangeName.first(rollback.helmRevision(), status.client()),
                rollback.toRevision(),
                failure.message());
    LOG.warnf("release %s: %s", key, message);
    Release saved =
        releases.update(
            release,
            Conditions.rollingBack(
                status.withFailure(failure).withRollback(rollback).withKnownBad(bad),
                message,
                now));
    tell(saved, message, now);
    return saved;
  }

  /** The first write is not to wait for an Event, which says what the status says. */
  private void tell(Release saved, String message, Instant now) {
    Thread.ofVirtual()
        .name("event")
        .start(
            () -> {
              try {
                events.write(saved, Reason.RollingBack, message, now);
              } catch (ClusterException e) {
                LOG.debugf("release %s/%s: %s", saved.namespace(), saved.name(), e.getMessage());
              }
            });
  }

  /** As many steps as the {@code Release} can keep. */
  static List<Step> bounded(List<Step> steps) {
    return steps.subList(0, Math.min(steps.size(), MAX_STEPS));
  }

  private List<Step> steps(
      ReleaseKey key,
      Revision target,
      List<KubeObject> since,
      int failedHelmRevision,
      Map<ObjectKey, KubeObject> failed)
      throws Unreadable {
    List<KubeObject> brought = brought(key, target, since, failedHelmRevision, failed);
    return bounded(Plan.of(target.objects(), brought, firstChange(since)));
  }

  private List<KubeObject> history(ReleaseKey key) {
    return records.metadata(key.namespace(), new ReleaseName(key.name()));
  }

  /** The records of the changes since the stable revision, oldest first. */
  private static List<KubeObject> since(List<KubeObject> history, int stableHelmRevision) {
    return history.stream()
        .filter(record -> HelmRecords.revision(record) > stableHelmRevision)
        .toList();
  }

  /**
   * What a change is about.
   *
   * @param before the objects of the stable revision; none when there is no such revision
   * @param after the objects that the change names, as they are live
   * @param notCovered those of them that are left out, each with the reason
   */
  record Change(
      List<KubeObject> before, Map<ObjectKey, KubeObject> after, List<String> notCovered) {

    Change(List<KubeObject> before, Map<ObjectKey, KubeObject> after) {
      this(before, after, List.of());
    }
  }

  private Change change(ReleaseKey key, ReleaseStatus status, int helmRevision) throws Unreadable {
    Stable stable = status.stable();
    return change(
        key,
        stable == null ? Optional.empty() : revision(key, status, stable.revision()),
        observer.manifest(key, helmRevision));
  }

  private Change change(ReleaseKey key, Optional<Revision> stable, List<KubeObject> named) {
    Observer.Live live = observer.live(key, named);
    return new Change(
        stable.map(Revision::objects).orElse(List.of()), byKey(live), live.notCovered());
  }

  /**
   * The status with all that is reported of a failed change that is left as it is, and with what of
   * it is not covered.
   */
  ReleaseStatus reported(
      ReleaseKey key, ReleaseStatus status, int helmRevision, Cause cause, Instant now)
      throws Unreadable {
    Change change = change(key, status, helmRevision);
    Failure failure = takenOr(key, status, change, helmRevision, cause, now);
    return status.withFailure(failure).withNotCovered(change.notCovered());
  }

  /** Everything that is reported of a failed change, bounded and masked. */
  Failure failure(ReleaseKey key, ReleaseStatus status, int helmRevision, Cause cause, Instant now)
      throws Unreadable {
    Optional<Failure> taken = taken(status, helmRevision, cause);
    return taken.isPresent()
        ? taken.get()
        : failure(key, status, change(key, status, helmRevision), helmRevision, cause, now);
  }

  private Failure takenOr(
      ReleaseKey key,
      ReleaseStatus status,
      Change change,
      int helmRevision,
      Cause cause,
      Instant now) {
    Taken evidence = take(key, status, helmRevision, cause, now);
    return failure(key, status, change, helmRevision, cause, now, evidence);
  }

  /**
   * Evidence that is being taken.
   *
   * @param before what was taken when the client was told; nothing else is asked for then
   * @param log the end of the log
   * @param events those of the object that failed, where this pass has just read it
   */
  private record Taken(
      Optional<Failure> before, Asked<LogEnd> log, Optional<Asked<List<KubeObject>>> events) {}

  private Taken take(
      ReleaseKey key, ReleaseStatus status, int helmRevision, Cause cause, Instant now) {
    Optional<Failure> before = taken(status, helmRevision, cause);
    boolean hasLog = before.isEmpty() && !cause.pod().isEmpty() && !cause.container().isEmpty();
    Asked<LogEnd> log =
        Asked.of(
            () -> hasLog ? evidence.log(key.namespace(), cause.pod(), cause.container()) : NO_LOG);
    Optional<Asked<List<KubeObject>>> events =
        before.isPresent()
            ? Optional.empty()
            : ahead
                .looked(key, cause.object(), now)
                .map(
                    seen ->
                        Asked.of(
                            () ->
                                failureEvents.read(
                                    seen.live(), seen.related(), cause, status.changeBegan())));
    return new Taken(before, log, events);
  }

  /** What was taken when the client was told, while the Pods were there that showed it. */
  private static Optional<Failure> taken(ReleaseStatus status, int helmRevision, Cause cause) {
    Told told = status.told();
    return Optional.ofNullable(status.failure())
        .filter(failure -> told != null && told.helmRevision() == helmRevision)
        .filter(failure -> failure.helmRevision() == helmRevision)
        .filter(failure -> failure.reason().equals(cause.reason()));
  }

  Failure failure(
      ReleaseKey key,
      ReleaseStatus status,
      Change change,
      int helmRevision,
      Cause cause,
      Instant now) {
    Taken evidence = take(key, status, helmRevision, cause, now);
    return failure(key, status, change, helmRevision, cause, now, evidence);
  }

  private Failure failure(
      ReleaseKey key,
      ReleaseStatus status,
      Change change,
      int helmRevision,
      Cause cause,
      Instant now,
      Taken taken) {
    if (taken.before().isPresent()) {
      return taken.before().get();
    }
    List<KubeObject> known = new ArrayList<>(change.before());
    known.addAll(change.after().values());
    KnownSecrets.Values secrets = this.secrets.of(key.namespace(), known);
    List<String> events = events(status, change, cause, secrets, taken);
    List<String> log = log(key, taken, secrets);
    String object = cause.object().name().isEmpty() ? "" : cause.object().display();
    String sentence = (object.isEmpty() ? "" : object + ": ") + withLastWords(cause, log);
    return new Failure(
        helmRevision,
        cause.reason(),
        Bounded.text(secrets.mask(sentence), MESSAGE_CHARS),
        Bounded.text(secrets.mask(cause.evidence()), MESSAGE_CHARS),
        object,
        cause.pod(),
        cause.container(),
        cause.exitCode() == Cause.NO_EXIT ? null : cause.exitCode(),
        sentBy(status, helmRevision),
        sentAt(status, helmRevision),
        now,
        log,
        events,
        changes(change, cause, secrets.masking()).stream().map(secrets::mask).toList());
  }

  /** A node that is slow to tell its log does not hold up the restore. */
  private static List<String> log(ReleaseKey key, Taken taken, KnownSecrets.Values secrets) {
    LogEnd end =
        taken
            .log()
            .answer(EVIDENCE_WITHIN)
            .orElseGet(
                () -> {
                  LOG.warnf("release %s: its log did not come within %s", key, EVIDENCE_WITHIN);
                  return NO_LOG;
                });
    // Masked before it is cut: half a value is a secret too.
    String text = end.cut() ? secrets.maskCut(end.text()) : secrets.mask(end.text());
    return Bounded.lastLines(text, LOG_LINES, LOG_LINE_CHARS);
  }

  private List<String> events(
      ReleaseStatus status, Change change, Cause cause, KnownSecrets.Values secrets, Taken taken) {
    if (taken.events().isPresent()) {
      return FailureEvents.lines(
          taken.events().get().answer(EVIDENCE_WITHIN).orElse(List.of()), secrets);
    }
    KubeObject failed = change.after().get(cause.object());
    return failed == null
        ? List.of()
        : failureEvents.of(failed, cause, status.changeBegan(), secrets);
  }

  /** Empty where the gate saw nobody send it. */
  private static String sentBy(ReleaseStatus status, int helmRevision) {
    Sent sent = status.sent();
    Instant begun = begun(status);
    if (sent == null || sent.helmRevision() != helmRevision) {
      return "";
    }
    boolean ofChange =
        begun == null || status.stable() == null || !sent.at().isBefore(begun.minus(Sent.REPEATED));
    return ofChange ? sent.user() : "";
  }

  /** What is seen for the first time was sent before that. */
  private static @Nullable Instant sentAt(ReleaseStatus status, int helmRevision) {
    Sent sent = status.sent();
    Instant begun = begun(status);
    boolean before =
        sent != null
            && begun != null
            && sent.at().isBefore(begun)
            && !sentBy(status, helmRevision).isEmpty();
    return sent != null && before ? sent.at() : begun;
  }

  private static @Nullable Instant begun(ReleaseStatus status) {
    ChangeSet change = status.changeSet();
    return change == null ? null : change.startedAt();
  }

  /** Few programs write a termination message; what they wrote last to their log says as much. */
  private static String withLastWords(Cause cause, List<String> log) {
    return log.isEmpty() || !cause.message().endsWith(Cause.WITHOUT_MESSAGE)
        ? cause.message()
        : cause.message().replace(Cause.WITHOUT_MESSAGE, "") + ": " + log.getLast();
  }

  /**
   * Objects that the changes since the stable revision brought, and that are this release's.
   *
   * @param since the records of these changes, oldest first
   */
  private List<KubeObject> brought(
      ReleaseKey key,
      Revision target,
      List<KubeObject> since,
      int failedHelmRevision,
      Map<ObjectKey, KubeObject> failed)
      throws Unreadable {
    Map<ObjectKey, KubeObject> brought = new LinkedHashMap<>();
    for (KubeObject record : since) {
      int revision = HelmRecords.revision(record);
      if (revision < failedHelmRevision) {
        brought.putAll(live(key, revision));
      }
    }
    brought.putAll(failed);
    target.objects().forEach(object -> brought.remove(object.key()));
    // Helm marks what it creates or adopts with the release: anything else was there before.
    brought
        .values()
        .removeIf(
            object -> !key.name().equals(object.annotations().get(HelmStorage.RELEASE_ANNOTATION)));
    return List.copyOf(brought.values());
  }

  /** When the first record after the stable one was made: Helm makes it before any object. */
  private static Instant firstChange(List<KubeObject> since) {
    return since.stream()
        .findFirst()
        .map(record -> Observer.helm(record, "").startedAt())
        .orElse(Instant.EPOCH);
  }

  private Map<ObjectKey, KubeObject> live(ReleaseKey key, int helmRevision) throws Unreadable {
    return byKey(observer.live(key, helmRevision));
  }

  private static Map<ObjectKey, KubeObject> byKey(Observer.Live live) {
    Map<ObjectKey, KubeObject> found = new LinkedHashMap<>();
    live.objects().forEach(object -> found.put(object.key(), object));
    return found;
  }

  private static List<String> changes(Change change, Cause cause, Masking secrets) {
    Map<ObjectKey, KubeObject> after = new LinkedHashMap<>(change.after());
    for (KubeObject object : change.before()) {
      after.computeIfPresent(object.key(), (key, now) -> Scale.unscaled(object, now));
    }
    return Changes.of(change.before(), after, cause.object(), secrets);
  }

  Optional<Revision> revision(ReleaseKey key, ReleaseStatus status, int number) {
    try {
      return observer.revision(key, status, number);
    } catch (RevisionException e) {
      LOG.warnf("release %s: stored revision %d: %s", key, number, e.getMessage());
      return Optional.empty();
    }
  }
}
