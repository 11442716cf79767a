package dev.belay.watcher;

import dev.belay.api.Mode;
import dev.belay.api.Names;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.api.Told;
import dev.belay.cluster.Asked;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Evidence;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Revisions;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmRecordException;
import dev.belay.helm.HelmStatus;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Assess;
import dev.belay.readiness.InProgress;
import dev.belay.readiness.LeastPods;
import dev.belay.readiness.OfChange;
import dev.belay.readiness.Readiness;
import dev.belay.readiness.Related;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import dev.belay.rollout.Declarative;
import dev.belay.rollout.Observation;
import dev.belay.rollout.Observation.Assessed;
import dev.belay.rollout.Rollout;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/** Reads what a decision about a release needs, now, and no more than it needs. */
@ApplicationScoped
class Observer {

  private static final Logger LOG = Logger.getLogger(Observer.class);

  private final HelmRecords records;
  private final Objects objects;
  private final Coverage coverage;
  private final Inspection inspection;
  private final Revisions revisions;
  private final Departing departing;
  private final KnownSecrets secrets;
  private final Evidence evidence;
  private final ManyObjects many;
  private final ReadAhead ahead;

  Observer(
      HelmRecords records,
      Objects objects,
      Coverage coverage,
      Inspection inspection,
      Revisions revisions,
      Departing departing,
      KnownSecrets secrets,
      Evidence evidence,
      ManyObjects many,
      ReadAhead ahead) {
    this.records = records;
    this.objects = objects;
    this.coverage = coverage;
    this.inspection = inspection;
    this.revisions = revisions;
    this.departing = departing;
    this.secrets = secrets;
    this.evidence = evidence;
    this.many = many;
    this.ahead = ahead;
  }

  /**
   * Observes a release.
   *
   * @param newest the newest record's metadata
   */
  Observation observe(
      ReleaseKey key, Mode mode, ReleaseStatus status, KubeObject newest, Instant now)
      throws Unreadable {
    Observation.Helm helm = helm(newest, "");
    if (helm.status() == HelmStatus.FAILED && helm.revision() != status.judged()) {
      helm = helm(newest, record(key, helm.revision()).description());
    }
    boolean pending = Rollout.followsClient(status, helm);
    if (!pending && !Rollout.needsObjects(status, helm)) {
      return new Observation(mode, helm, List.of(), 0);
    }
    List<KubeObject> members = members(key, status, newest);
    Inspection.Subject subject =
        new Inspection.Subject(
            key,
            status,
            secrets.of(key.namespace(), members),
            LeastPods.of(members),
            members.stream()
                .map(member -> objects.key(member, key.namespace()))
                .collect(Collectors.toSet()),
            now);
    Observation.Helm record = helm;
    List<KubeObject> workloads = members.stream().filter(Assess::isWorkload).toList();
    Asked<Optional<Evidence.Surrounding>> surrounding = surrounding(key, workloads);
    List<Coverage.Look> seen = coverage.looks(key, workloads);
    List<Look> looks =
        AtOnce.map(
            IntStream.range(0, seen.size()).boxed().toList(),
            i ->
                look(
                    subject, record, pending, workloads.get(i), seen.get(i), surrounding.answer()));
    if (!pending) {
      readAhead(key, status, helm, members);
    }
    List<Assessed> assessed = departing.of(status);
    looks.forEach(look -> look.assessed().ifPresent(assessed::add));
    return new Observation(mode, helm, assessed, looks.stream().mapToInt(Look::restarts).sum());
  }

  /** What was seen of one workload; nothing where the verdict is not about it. */
  private record Look(Optional<Assessed> assessed, int restarts) {}

  /** Many workloads share two lists of what belongs to them; few have their own. */
  private Asked<Optional<Evidence.Surrounding>> surrounding(
      ReleaseKey key, List<KubeObject> workloads) {
    return Asked.of(
        () ->
            workloads.size() < ManyObjects.MANY
                ? Optional.empty()
                : evidence.surrounding(key.namespace()));
  }

  /** Reads once, while there is time, what a rollback of this change would need. */
  private void readAhead(
      ReleaseKey key, ReleaseStatus status, Observation.Helm helm, List<KubeObject> members) {
    Stable stable = status.stable();
    if (stable != null && status.runningRollback() == null && ahead.begin(key, helm.revision())) {
      Thread.ofVirtual()
          .name("read-ahead")
          .start(
              () -> {
                try {
                  Optional<Revision> unused = revision(key, status, stable.revision());
                  many.readAhead(key, members);
                } catch (RevisionException | ClusterException e) {
                  LOG.debugf("release %s: not read ahead: %s", key, e.getMessage());
                }
              });
    }
  }

  /** A stored revision, from memory where it was read already; see {@link Revisions#read}. */
  Optional<Revision> revision(ReleaseKey key, ReleaseStatus status, int number)
      throws RevisionException {
    Optional<String> digest = status.storedDigest(number);
    Optional<Revision> known = digest.flatMap(listed -> ahead.revision(key, listed));
    if (known.isPresent()) {
      return known;
    }
    Optional<Revision> read = revisions.read(key.namespace(), key.name(), status, number);
    if (read.isPresent() && digest.isPresent()) {
      ahead.keep(key, digest.get(), read.get());
    }
    return read;
  }

  private Look look(
      Inspection.Subject subject,
      Observation.Helm helm,
      boolean pending,
      KubeObject desired,
      Coverage.Look look,
      Optional<Evidence.Surrounding> surrounding) {
    ReleaseKey key = subject.key();
    ReleaseStatus status = subject.status();
    ObjectKey objectKey = objects.key(desired, key.namespace());
    if (isNotRunAgain(desired, status)) {
      return new Look(Optional.empty(), 0);
    }
    if (look instanceof Coverage.Look.NotCovered left) {
      // One refusal may be an authorizer's in trouble, and is no reason to call it healthy.
      Readiness unread = new InProgress("Belay was refused to read it; it is read again");
      return new Look(
          left.certain() ? Optional.empty() : Optional.of(new Assessed(objectKey, unread)), 0);
    }
    Optional<KubeObject> live = look.object();
    if (live.isEmpty()) {
      if (Assess.mayBeGone(desired)) {
        return new Look(Optional.empty(), 0);
      }
      Duration timeout = Policies.timeout(desired).orElse(null);
      Readiness missing = Policies.noting(new InProgress("it is not there"), desired);
      return new Look(Optional.of(new Assessed(objectKey, missing, timeout)), 0);
    }
    if (hadItsVerdict(live.get(), status)) {
      return new Look(Optional.empty(), 0);
    }
    Related found =
        surrounding
            .flatMap(around -> around.related(live.get()))
            .orElseGet(() -> evidence.related(live.get()));
    Inspection.Inspected seen = inspection.of(live.get(), found, subject);
    Related related = seen.related();
    Readiness readiness = seen.readiness();
    if (pending) {
      readiness = ofChange(readiness, live.get(), related, status, helm);
    }
    readiness = Policies.noting(readiness, live.get());
    Duration timeout = Policies.timeout(live.get()).orElse(null);
    return new Look(
        Optional.of(new Assessed(objectKey, readiness, timeout, seen.facts())), seen.restarts());
  }

  /**
   * A rollback makes no Job anew (see {@link RestoreStep}), so there is none to wait for; another
   * one of its name is what the failed change has left.
   */
  private static boolean isNotRunAgain(KubeObject desired, ReleaseStatus status) {
    return desired.kind().equals("Job") && Declarative.isUndone(status);
  }

  /**
   * A Job that was there when the stable revision was verified, whatever has become of it since.
   */
  private static boolean hadItsVerdict(KubeObject live, ReleaseStatus status) {
    return live.kind().equals("Job")
        && status.stable() != null
        && time(live.text("", "metadata", "creationTimestamp"), Instant.EPOCH)
            .isBefore(status.stable().verifiedAt());
  }

  /** Helm may not have written the object yet, and what fails now may be what it is to cure. */
  private static Readiness ofChange(
      Readiness readiness,
      KubeObject live,
      Related related,
      ReleaseStatus status,
      Observation.Helm helm) {
    Told told = status.told();
    boolean failedBefore =
        told != null && told.failedBefore(helm.revision(), live.uid(), live.generation());
    return failedBefore && readiness.isWrong()
        ? new InProgress("as it failed before")
        : OfChange.judge(readiness, live, related, helm.startedAt());
  }

  /** One record of Helm, read. */
  HelmRecord record(ReleaseKey key, int revision) throws Unreadable {
    return read(stored(key, revision), revision);
  }

  private KubeObject stored(ReleaseKey key, int revision) throws Unreadable {
    return records
        .read(key.namespace(), key.name(), revision)
        .orElseThrow(() -> new Unreadable("Helm's record of revision " + revision + " is gone"));
  }

  private static HelmRecord read(KubeObject secret, int revision) throws Unreadable {
    try {
      return HelmStorage.read(secret);
    } catch (HelmRecordException e) {
      throw new Unreadable(
          "Helm's record of revision %d can't be read: %s".formatted(revision, e.getMessage()));
    }
  }

  /** When the release was first installed, as its records say: the same for all of one release. */
  String lineage(ReleaseKey key, int revision) throws Unreadable {
    return lineage(record(key, revision));
  }

  static String lineage(HelmRecord record) {
    return record.json().path("info").path("first_deployed").asText();
  }

  /** The objects that a record of Helm names. */
  List<KubeObject> manifest(ReleaseKey key, int revision) throws Unreadable {
    return manifest(record(key, revision));
  }

  /** The same of a record that was read. */
  static List<KubeObject> manifest(HelmRecord record) throws Unreadable {
    try {
      return record.objects();
    } catch (ManifestException e) {
      throw new Unreadable(
          "the manifest of Helm revision %d can't be read: %s"
              .formatted(record.version(), e.getMessage()));
    }
  }

  /**
   * What is live of what a record names.
   *
   * @param objects those that are there and the release's
   * @param notCovered those that are left out, each with the reason
   * @param doubtful those that are left out or not there, as was said only once
   */
  record Live(List<KubeObject> objects, List<String> notCovered, Set<ObjectKey> doubtful) {}

  /** Those of them that are there, as they are live. */
  Live live(ReleaseKey key, int revision) throws Unreadable {
    return live(key, manifest(key, revision));
  }

  /** The same of what these name. */
  Live live(ReleaseKey key, List<KubeObject> named) {
    List<KubeObject> found = new ArrayList<>();
    List<String> notCovered = new ArrayList<>();
    Set<ObjectKey> doubtful = new HashSet<>();
    for (Coverage.Look look : coverage.looks(key, named)) {
      switch (look) {
        case Coverage.Look.Covered covered -> found.add(covered.live());
        case Coverage.Look.NotCovered left -> {
          notCovered.add(left.why());
          if (!left.certain()) {
            doubtful.add(left.which());
          }
        }
        case Coverage.Look.Absent absent -> {
          if (!absent.certain()) {
            doubtful.add(absent.which());
          }
        }
      }
    }
    return new Live(found, notCovered, doubtful);
  }

  /** The objects of the change, or of the revision that was restored. */
  private List<KubeObject> members(ReleaseKey key, ReleaseStatus status, KubeObject newest)
      throws Unreadable {
    Rollback rollback = status.runningRollback();
    List<KubeObject> members;
    if (rollback != null && rollback.restoredAt() != null) {
      try {
        members =
            revision(key, status, rollback.toRevision())
                .map(revision -> revision.objects())
                .orElse(List.of());
      } catch (RevisionException e) {
        throw new Unreadable("revision " + rollback.toRevision() + ": " + e.getMessage());
      }
    } else {
      members = recorded(key, newest).objects();
    }
    return members;
  }

  /** The record of which these are the metadata, from memory while it has not changed. */
  private ReadAhead.Recorded recorded(ReleaseKey key, KubeObject newest) throws Unreadable {
    int helmRevision = HelmRecords.revision(newest);
    Optional<ReadAhead.Recorded> known =
        ahead
            .record(key, helmRevision)
            .filter(read -> read.version().equals(ReadAhead.version(newest)));
    if (known.isPresent()) {
      return known.get();
    }
    KubeObject stored = stored(key, helmRevision);
    HelmRecord record = read(stored, helmRevision);
    ReadAhead.Recorded recorded =
        new ReadAhead.Recorded(ReadAhead.version(stored), record, manifest(record));
    ahead.keep(key, helmRevision, recorded);
    return recorded;
  }

  /** The newest record as this pass has made sure of it; read where it has not. */
  ReadAhead.Recorded recorded(ReleaseKey key, int helmRevision) throws Unreadable {
    Optional<ReadAhead.Recorded> known = ahead.record(key, helmRevision);
    if (known.isPresent()) {
      return known.get();
    }
    HelmRecord record = record(key, helmRevision);
    return new ReadAhead.Recorded("", record, manifest(record));
  }

  /**
   * Times are the API server's, not the client's: a laptop's clock may be minutes off, and Helm's
   * labels carry it.
   */
  static Observation.Helm helm(KubeObject metadata, String description) {
    Instant created = time(metadata.text("", "metadata", "creationTimestamp"), Instant.EPOCH);
    Instant changed = created;
    for (var entry : metadata.list("metadata", "managedFields")) {
      Instant written = time(entry.path("time").asText(), created);
      changed = written.isAfter(changed) ? written : changed;
    }
    return new Observation.Helm(
        HelmRecords.revision(metadata),
        HelmStatus.of(metadata.labels().getOrDefault("status", "")),
        description,
        created,
        changed,
        metadata.annotations().getOrDefault(Names.ROLLBACK_ANNOTATION, ""));
  }

  private static Instant time(String text, Instant otherwise) {
    return text.isEmpty() ? otherwise : Instant.parse(text);
  }

  /** Something that a decision needs can't be read; the message says what. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String message) {
      super(message);
    }
  }
}
