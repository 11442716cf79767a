package dev.belay.watcher;

import dev.belay.api.Baseline;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.cluster.Evidence;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.AsBefore;
import dev.belay.readiness.Assess;
import dev.belay.readiness.Budget;
import dev.belay.readiness.Current;
import dev.belay.readiness.Readiness;
import dev.belay.readiness.Related;
import dev.belay.readiness.Witnesses;
import dev.belay.rollout.Declarative;
import jakarta.enterprise.context.ApplicationScoped;
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

  private final Evidence evidence;

  Inspection(Evidence evidence) {
    this.evidence = evidence;
  }

  /**
   * What belongs to the object, with secrets masked, and what follows from it.
   *
   * @param restarts of its new Pods, as far as they count for the change
   */
  record Inspected(Related related, Readiness readiness, int restarts) {}

  /** Inspects; what the status says of the change decides what is too old to count. */
  Inspected of(KubeObject live, KnownSecrets.Values secrets, ReleaseStatus status, Instant now) {
    Related related = secrets.masked(evidence.related(live));
    Readiness readiness = assess(live, related, status, now);
    Set<String> asked = new HashSet<>();
    Optional<KubeObject> witness = Witnesses.next(live, related, readiness);
    while (witness.isPresent() && asked.size() < MAX_WITNESSES && asked.add(witness.get().uid())) {
      List<KubeObject> events = secrets.masked(evidence.events(witness.get()));
      related = related.withEvents(witness.get(), events, status.changeBegan());
      readiness = assess(live, related, status, now);
      witness = Witnesses.next(live, related, readiness);
    }
    Readiness ofChange = asBefore(readiness, live, related, status, now);
    // What is as it was before may well go on crashing: no soak would ever end.
    boolean excused = ofChange instanceof Current && !(readiness instanceof Current);
    return new Inspected(related, ofChange, excused ? 0 : Assess.restarts(related, live));
  }

  private static Readiness asBefore(
      Readiness readiness, KubeObject live, Related related, ReleaseStatus status, Instant now) {
    ChangeSet change = status.changeSet();
    Optional<Baseline> baseline = change == null ? Optional.empty() : change.baseline(live.key());
    return change == null || baseline.isEmpty()
        ? readiness
        : AsBefore.judge(
            readiness,
            live,
            related,
            baseline.get(),
            change.startedAt(),
            Declarative.isUndone(status),
            now);
  }

  private static Readiness assess(
      KubeObject live, Related related, ReleaseStatus status, Instant now) {
    return Assess.of(live, related, Budget.DEFAULT, status.changeBegan(), now);
  }
}
