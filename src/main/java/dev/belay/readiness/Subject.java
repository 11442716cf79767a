package dev.belay.readiness;

import dev.belay.manifest.KubeObject;
import java.time.Instant;

/**
 * All that a judgement of one object is made from.
 *
 * @param since when the change began that is judged: what is older did not come with it
 */
record Subject(KubeObject object, Related related, Instant since, Instant now) {

  Failed failed(String reason, String message) {
    return new Failed(Cause.ofObject(reason, object.key(), message));
  }

  long spec(long otherwise, String field) {
    return object.number(otherwise, "spec", field);
  }

  /** A count in the status; what the controller did not write yet is 0. */
  long status(String field) {
    return object.number(0, "status", field);
  }
}
