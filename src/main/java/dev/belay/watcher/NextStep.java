package dev.belay.watcher;

import dev.belay.api.Failure;
import dev.belay.api.KnownBad;
import dev.belay.api.Names;
import dev.belay.api.Reason;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.membership.Flux;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** What whoever is called at night can do now. */
final class NextStep {

  private static final String CORRECT = "Correct what failed, and send the change again.";

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private NextStep() {}

  /**
   * One or two sentences; empty while there is nothing to be done.
   *
   * @param status what is known of the release
   */
  static String after(Reason reason, ReleaseStatus status, Instant now) {
    KnownBad bad = lock(status, now);
    Stable stable = status.stable();
    return switch (reason) {
      case RolledBack ->
          (ofFlux(status)
                  ? "Correct what failed in the source that Flux applies; until then its HelmRelease and `helm history` name the change as if it were live."
                  : CORRECT)
              + lock(bad)
              + left(status);
      case RollbackFailed ->
          "Put right what the condition Ready names, then send a corrected change, or restore the last good state once more: annotate this Release with %s=%s.%s"
                  .formatted(
                      Names.ROLLBACK_TO_ANNOTATION,
                      stable == null ? "N" : stable.revision(),
                      status.ofHelm()
                          ? " What is changed by hand meanwhile is not undone, and is verified once it is ready."
                          : "")
              + lock(bad);
      case NoStableRevision ->
          "Correct what failed and send the change again, or uninstall the release: there is no state to go back to.";
      case RollbackManual ->
          "Correct what failed and send the change again, or roll back: annotate this Release with %s=%s."
              .formatted(Names.ROLLBACK_TO_ANNOTATION, stable == null ? "N" : stable.revision());
      case RollbackOff -> "Correct what failed and send the change again.";
      case Observed ->
          "Correct what failed and send the change again, or undo it: in a namespace that is only observed nothing is restored.";
      // Helm has rolled back itself what failed.
      case Verified -> status.failure() == null ? "" : CORRECT + lock(bad);
      case Verifying, ClientActive, RollingBack, Refused, WouldRefuse, NotRolledBack, Ignored -> "";
    };
  }

  /** Whether Flux's Helm made the change, of whose records none was changed. */
  private static boolean ofFlux(ReleaseStatus status) {
    Failure failure = status.failure();
    return status.client().equals(Flux.NAME) && failure != null && failure.helmRevision() > 0;
  }

  /**
   * Only Helm's record tells of all that was sent: what else came with the change is not known, but
   * whoever reads this must not take it for restored.
   */
  private static String left(ReleaseStatus status) {
    return status.ofHelm()
        ? ""
        : " Custom resources, Pods of their own, and what is in another namespace or in none were not put back: look yourself at what else was sent with it.";
  }

  /** The lock on the very change that failed; an earlier one may be kept beside it. */
  private static @Nullable KnownBad lock(ReleaseStatus status, Instant now) {
    KnownBad bad = status.knownBad();
    Failure failure = status.failure();
    return bad != null
            && failure != null
            && bad.message().equals(failure.message())
            && now.isBefore(bad.until())
        ? bad
        : null;
  }

  private static String lock(@Nullable KnownBad bad) {
    return bad == null
        ? ""
        : " As it was it is refused until %s; any new value of the annotation %s of this Release lifts that."
            .formatted(TIME.format(bad.until()), Names.RETRY_ANNOTATION);
  }
}
