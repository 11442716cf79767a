package dev.belay.watcher;

import dev.belay.api.Condition;
import dev.belay.api.Reason;
import dev.belay.api.ReleaseStatus;
import dev.belay.report.Bounded;
import java.time.Instant;

/** What the conditions of a release say in each of its situations. */
final class Conditions {

  /** One sentence and a cause or two; the CRD allows 32768 characters. */
  static final int MAX_MESSAGE = 2_000;

  private static final String YES = "True";
  private static final String NO = "False";

  private Conditions() {}

  /** A change is being watched. */
  static ReleaseStatus verifying(ReleaseStatus status, Reason reason, String message, Instant now) {
    return set(status, reason, message, now, NO, YES, NO, NO, "");
  }

  /** The newest change has proved itself. */
  static ReleaseStatus verified(ReleaseStatus status, String message, Instant now) {
    return set(status, Reason.Verified, message, now, YES, NO, NO, YES, NO);
  }

  /** A change failed and is left as it is. */
  static ReleaseStatus left(ReleaseStatus status, Reason reason, String message, Instant now) {
    return set(status, reason, message, now, NO, NO, YES, NO, "");
  }

  /** A change failed and is being undone. */
  static ReleaseStatus rollingBack(ReleaseStatus status, String message, Instant now) {
    return set(status, Reason.RollingBack, message, now, NO, YES, NO, NO, "Unknown");
  }

  /** A change failed, was undone, and the release is as it was before. */
  static ReleaseStatus rolledBack(ReleaseStatus status, String message, Instant now) {
    return set(status, Reason.RolledBack, message, now, YES, NO, NO, NO, YES);
  }

  /** A change failed and could not be undone. */
  static ReleaseStatus rollbackFailed(ReleaseStatus status, String message, Instant now) {
    return set(status, Reason.RollbackFailed, message, now, NO, NO, YES, NO, NO);
  }

  private static ReleaseStatus set(
      ReleaseStatus status,
      Reason reason,
      String message,
      Instant now,
      String ready,
      String reconciling,
      String stalled,
      String released,
      String rolledBack) {
    ReleaseStatus changed =
        status
            .withNextStep(NextStep.after(reason, status, now))
            .withCondition(condition(Condition.READY, ready, reason, message, now))
            .withCondition(detail(Condition.RECONCILING, reconciling, reason, message, now))
            .withCondition(detail(Condition.STALLED, stalled, reason, message, now))
            .withCondition(condition(Condition.RELEASED, released, reason, "", now));
    // What is said of the last rollback stays said until the next change has its verdict.
    return rolledBack.isEmpty()
        ? changed
        : changed.withCondition(detail(Condition.ROLLED_BACK, rolledBack, reason, message, now));
  }

  /** One that is False has nothing to say that {@code Ready} does not. */
  private static Condition detail(
      String type, String status, Reason reason, String message, Instant now) {
    return condition(type, status, reason, status.equals(NO) ? "" : message, now);
  }

  private static Condition condition(
      String type, String status, Reason reason, String message, Instant now) {
    return new Condition(type, status, reason.name(), Bounded.text(message, MAX_MESSAGE), now);
  }
}
