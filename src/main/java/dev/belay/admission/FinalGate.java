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

  FinalGate(Locks locks) {
    this.locks = locks;
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
    Optional<String> lock =
        Marks.release(review.object())
            .flatMap(release -> locks.of(review.namespace(), release, review.object()));
    return lock.map(Answer::locked)
        .orElseGet(() -> ObjectRefusal.of(review, Ratchet.newMistakes(review)));
  }
}
