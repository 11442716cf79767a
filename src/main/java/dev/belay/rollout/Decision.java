package dev.belay.rollout;

import dev.belay.api.Progress;
import dev.belay.api.Reason;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Cause;
import java.time.Instant;
import java.util.List;

/** What is to be done with a release now. */
public sealed interface Decision {

  /** Nothing: the newest revision has its verdict. */
  record Settled() implements Decision {}

  /** The release is going away with the client that made it. */
  record Forget() implements Decision {}

  /** A change begins, or a newer one takes the place of the open one. */
  record Open(ChangeSet changeSet) implements Decision {}

  /**
   * No verdict yet.
   *
   * @param changeSet what is known of it by now
   * @param reason why there is none yet
   * @param message the same for people
   * @param revisit when to look again at the latest
   */
  record Wait(ChangeSet changeSet, Reason reason, String message, Instant revisit)
      implements Decision {}

  /**
   * No verdict yet, but the change has failed, and its client may be waiting for what can't come.
   *
   * @param changeSet what is known of it by now
   * @param cause why it failed
   * @param unready every object that is not ready: a client waits until it has an answer for each
   * @param revisit when to look again at the latest
   */
  record Tell(ChangeSet changeSet, Cause cause, List<ObjectKey> unready, Instant revisit)
      implements Decision {}

  /** The change has proved itself: it becomes the stable revision. */
  record Promote(ChangeSet changeSet) implements Decision {}

  /** The change failed: the stable revision is restored. */
  record RollBack(Cause cause) implements Decision {}

  /**
   * The change failed, and is left as it is.
   *
   * @param changeSet what is known of it by now
   * @param reason why it is not rolled back
   */
  record Leave(ChangeSet changeSet, Reason reason, Cause cause) implements Decision {}

  /** What follows from a rollback that has begun: the same for every client. */
  sealed interface OfRollback extends Decision {}

  /** A rollback was begun and not finished: go on with it. */
  record Resume() implements OfRollback {}

  /**
   * Everything is restored; the workloads are not ready again yet.
   *
   * @param progress how far they have come
   */
  record AwaitRestored(String message, Instant revisit, List<Progress> progress)
      implements OfRollback {}

  /** The restored workloads are ready again. */
  record RolledBack() implements OfRollback {}

  /** The restored workloads do not become ready. */
  record RollbackFailed(String message) implements OfRollback {}
}
