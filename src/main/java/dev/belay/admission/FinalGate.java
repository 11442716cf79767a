package dev.belay.admission;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.manifest.KubeObject;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The last look at a single object, as it will be stored: whether its release may be changed now,
 * and the rules, since another webhook may have changed the object after the early gate.
 */
@ApplicationScoped
class FinalGate implements Webhook {

  private static final Logger LOG = Logger.getLogger(FinalGate.class);

  private final Locks locks;
  private final Naming naming;
  private final Severities severities;

  FinalGate(Locks locks, Naming naming, Severities severities) {
    this.locks = locks;
    this.naming = naming;
    this.severities = severities;
  }

  @Override
  public String entry() {
    return "final";
  }

  @Override
  public Answer review(Review review, Deadline deadline) {
    if (Ratchet.harmless(review)) {
      return Answer.allow();
    }
    return lock(review, deadline)
        .orElseGet(
            () -> ObjectRefusal.of(review, Ratchet.newMistakes(review, severities.of(review))));
  }

  /** Asks whose the object is only where one of the releases that it may name has a lock. */
  private Optional<Answer> lock(Review review, Deadline deadline) {
    KubeObject object = review.object();
    String namespace = review.namespace();
    if (!locks.mayHold(namespace, object)) {
      return Optional.empty();
    }
    Optional<String> release;
    try {
      release = InTime.ask(deadline.left().dividedBy(2), () -> naming.of(review));
    } catch (ClusterException e) {
      LOG.warnf("the release of %s is not known: %s", object.key(), e.getMessage());
      return Optional.empty();
    }
    return release.isPresent()
        ? locks.of(namespace, release.get(), object, deadline)
        : locks.ofUnmarked(namespace, object, deadline);
  }
}
