package dev.belay.watcher;

import dev.belay.api.Baseline;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.cluster.Evidence;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Advance;
import dev.belay.readiness.AsBefore;
import dev.belay.readiness.Assess;
import dev.belay.readiness.Current;
import dev.belay.readiness.InProgress;
import dev.belay.readiness.LeastPods;
import dev.belay.readiness.Readiness;
import dev.belay.readiness.Related;
import dev.belay.readiness.Trouble;
import dev.belay.readiness.Witnesses;
import dev.belay.rollout.Declarative;
import dev.belay.rollout.Observation.Facts;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at one object of a change: at what belongs to it and, only where it is not ready, at the
 * Events that may say why.
 */
@ApplicationScoped
class Inspection {

  /** Pods of one object whose Events are read: each may show that the one before may yet start. */
  private static final int MAX_WITNESSES = 5;

  /**
   * How long an autoscaler has to scale to what the change makes it keep: it looks each 15 s
   * (--horizontal-pod-autoscaler-sync-period). One that does not by then does not scale at all.
   */
  private static final Duration SCALES_WITHIN = Duration.ofMinutes(1);

  private final Evidence evidence;
  private final StableMembers stableMembers;
  private final PodData data;
  private final ReadAhead ahead;

  Inspection(Evidence evidence, StableMembers stableMembers, PodData data, ReadAhead ahead) {
    this.ahead = ahead;
    this.evidence = evidence;
    this.stableMembers = stableMembers;
    this.data = data;
  }

  /**
   * The change whose objects are looked at.
   *
   * @param status what it says of the change decides what is too old to count
   * @param secrets what is told of nothing
   * @param least how many Pods the autoscalers of the change keep at least
   * @param members all objects of the change
   */
  record Subject(
      ReleaseKey key,
      ReleaseStatus status,
      KnownSecrets.Values secrets,
      LeastPods least,
      Set<ObjectKey> members,
      Instant now) {}

  /**
   * What belongs to the object, with secrets masked, and what follows from it.
   *
   * @param restarts of its new Pods, as far as they count for the change
   * @param facts what else a verdict on it depends on
   */
  record Inspected(Related related, Readiness readiness, int restarts, Facts facts) {}

  Inspected of(KubeObject live, Subject subject) {
    return of(live, evidence.related(live), subject);
  }

  /** The same with what belongs to it, which was read with that of others. */
  Inspected of(KubeObject live, Related found, Subject subject) {
    KnownSecrets.Values secrets = subject.secrets();
    ReleaseStatus status = subject.status();
    Instant now = subject.now();
    Related related = secrets.masked(found);
    Readiness readiness = assess(live, related, status, now);
    Set<String> asked = new HashSet<>();
    Optional<KubeObject> witness = Witnesses.next(live, related, readiness);
    while (witness.isPresent() && asked.size() < MAX_WITNESSES && asked.add(witness.get().uid())) {
      List<KubeObject> events = secrets.masked(evidence.events(witness.get()));
      related = related.withEvents(witness.get(), events, status.changeBegan());
      readiness = assess(live, related, status, now);
      witness = Witnesses.next(live, related, readiness);
    }
    if (readiness.isWrong()) {
      // Trouble may be certain by the end of this pass: a report of it need not read all again.
      ahead.keep(subject.key(), new ReadAhead.Looked(now, live, related));
    }
    Readiness ofChange = asBefore(readiness, live, related, subject);
    // What is as it was before may well go on crashing: no soak would ever end.
    boolean excused = ofChange instanceof Current && !(readiness instanceof Current);
    return new Inspected(
        related,
        ofChange,
        excused ? 0 : Assess.restarts(related, live),
        facts(live, related, ofChange, subject));
  }

  private Facts facts(KubeObject live, Related related, Readiness readiness, Subject subject) {
    ReleaseKey key = subject.key();
    ReleaseStatus status = subject.status();
    Optional<Trouble> trouble =
        readiness instanceof InProgress inProgress ? inProgress.wrong() : Optional.empty();
    // What is well is asked for nothing: whether the change touched it matters to the others then.
    boolean touched =
        status.stable() == null
            || stableMembers.differs(key, status, live)
            || (!(readiness instanceof Current)
                && data.differs(live, stableMembers.data(key, status)));
    return new Facts(
        touched,
        Assess.makesOthers(live),
        Advance.of(live, related, readiness, began(status), subject.now()),
        stableMembers.start(key, status, live.key()),
        trouble.filter(each -> each.sign() instanceof Trouble.Exits).isPresent()
            ? data.missing(live)
            : List.of(),
        trouble.isPresent()
            && trouble.get().sign() instanceof Trouble.Missing missing
            && data.has(missing),
        trouble.isPresent()
            && trouble.get().sign() instanceof Trouble.Missing missing
            && subject.members().contains(missing.object())
            && data.neverComes(missing, live));
  }

  /**
   * Since when a Pod's start is one of the change. Where nothing was verified yet all Pods are
   * judged, however old, yet one that is older than Belay's first look is no start.
   */
  private static Instant began(ReleaseStatus status) {
    ChangeSet change = status.changeSet();
    return status.runningRollback() != null || change == null
        ? status.changeBegan()
        : change.startedAt();
  }

  private Readiness asBefore(
      Readiness readiness, KubeObject live, Related related, Subject subject) {
    ReleaseStatus status = subject.status();
    ChangeSet change = status.changeSet();
    Optional<Baseline> baseline = change == null ? Optional.empty() : change.baseline(live.key());
    if (change == null || baseline.isEmpty()) {
      return readiness;
    }
    long asksFor = subject.least().raised(live, stableMembers.least(subject.key(), status));
    if (readiness instanceof Current) {
      return yetToScale(live, asksFor, change, subject.now()).orElse(readiness);
    }
    return AsBefore.judge(
        readiness,
        live,
        related,
        baseline.get(),
        new AsBefore.Change(
            stableMembers.differs(subject.key(), status, live),
            asksFor,
            Declarative.isUndone(status)),
        subject.now());
  }

  /** What an autoscaler is about to ask for, since the change tells it so, is the change's too. */
  private static Optional<Readiness> yetToScale(
      KubeObject live, long asksFor, ChangeSet change, Instant now) {
    Instant settledAt = change.settledAt();
    boolean late = settledAt != null && !now.isBefore(settledAt.plus(SCALES_WITHIN));
    return late || live.replicas() == 0 || live.replicas() >= asksFor
        ? Optional.empty()
        : Optional.of(
            new InProgress(
                "Replicas: %d/%d, which its autoscaler is to keep at least"
                    .formatted(live.replicas(), asksFor)));
  }

  private static Readiness assess(
      KubeObject live, Related related, ReleaseStatus status, Instant now) {
    return Assess.of(live, related, status.changeBegan(), now);
  }
}
