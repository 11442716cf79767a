package dev.belay.admission;

import dev.belay.cluster.Deadline;
import dev.belay.membership.Marks;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * The last look at a single object, as it will be stored: whether its release may be changed now,
 * and the rules, since another webhook may have changed the object after the early gate.
 */
@ApplicationScoped
class FinalGate implements Webhook {

  private final Locks locks;
  private final Severities severities;

  FinalGate(Locks locks, Severities severities) {
    this.locks = locks;
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
    Optional<String> release = Marks.release(review.object());
    Optional<Answer> lock =
        release.isPresent()
            ? locks.of(review.namespace(), release.get(), review.object(), deadline)
            : locks.ofUnmarked(review.namespace(), review.object(), deadline);
    return lock.orElseGet(
        () -> ObjectRefusal.of(review, Ratchet.newMistakes(review, severities.of(review))));
  }
}
