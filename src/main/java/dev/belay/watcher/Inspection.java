package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.Rollback;
import dev.belay.cluster.Evidence;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.Assess;
import dev.belay.readiness.Budget;
import dev.belay.readiness.Readiness;
import dev.belay.readiness.Related;
import dev.belay.readiness.Witnesses;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.HashSet;
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

  /** What belongs to the object, with secrets masked, and what follows from it. */
  record Inspected(Related related, Readiness readiness) {}

  /**
   * Inspects.
   *
   * @param begun when the change began, see {@link #begun}
   */
  Inspected of(KubeObject live, KnownSecrets.Values secrets, Instant begun, Instant now) {
    Related related = secrets.masked(evidence.related(live));
    Readiness readiness = Assess.of(live, related, Budget.DEFAULT, now);
    Set<String> asked = new HashSet<>();
    Optional<KubeObject> witness = Witnesses.next(live, related, readiness);
    while (witness.isPresent() && asked.size() < MAX_WITNESSES && asked.add(witness.get().uid())) {
      related = with(witness.get(), related, secrets, begun);
      readiness = Assess.of(live, related, Budget.DEFAULT, now);
      witness = Witnesses.next(live, related, readiness);
    }
    return new Inspected(related, readiness);
  }

  private Related with(
      KubeObject witness, Related related, KnownSecrets.Values secrets, Instant begun) {
    return related.withEvents(witness, secrets.masked(evidence.events(witness)), begun);
  }

  /**
   * When what is judged now began: a rollback that runs, or else the open change. All that there is
   * of a release is of it where nothing has been healthy yet: Belay may have seen it late.
   */
  static Instant begun(ReleaseStatus status) {
    if (status.stable() == null) {
      return Instant.EPOCH;
    }
    Rollback rollback = status.runningRollback();
    ChangeSet change = status.changeSet();
    return rollback != null
        ? rollback.startedAt()
        : change == null ? Instant.EPOCH : change.startedAt();
  }
}
