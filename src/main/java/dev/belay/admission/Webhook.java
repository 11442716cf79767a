package dev.belay.admission;

import dev.belay.cluster.Deadline;

/** One of the gate's entries in the webhook configurations. */
interface Webhook {

  /** Its name in the configurations and in the path: the part before {@code .belay.dev}. */
  String entry();

  /** The answer for a namespace in which Belay enforces; never later than the deadline. */
  Answer review(Review review, Deadline deadline);
}
