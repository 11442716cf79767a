package dev.belay.watcher;

import dev.belay.api.Failure;
import dev.belay.api.Reason;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.Rollback;
import dev.belay.trace.Finished;
import dev.belay.trace.Traces;
import dev.belay.trace.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trace of each change, told at its verdict; where it is undone, the rollback, each pass over it
 * and each of its steps are parts of that trace, whichever watcher does them.
 */
@ApplicationScoped
class WatcherTraces {

  private static final String CHANGE = "change";
  private static final String ROLLBACK = "rollback";

  private final Traces traces;

  WatcherTraces(Traces traces) {
    this.traces = traces;
  }

  /**
   * A change was proven.
   *
   * @param status with the change
   * @param revision Belay's number of what is stored of it
   */
  void promoted(ReleaseKey key, ReleaseStatus status, int revision, Instant now) {
    Map<String, String> attributes = of(key, status);
    attributes.put("belay.verdict", "promoted");
    attributes.put("belay.revision", Integer.toString(revision));
    change("%s/%s".formatted(key, now), status, attributes, now, null);
  }

  /** A change failed, and stays for this reason. */
  void left(ReleaseKey key, ReleaseStatus status, Reason reason, Failure failure, Instant now) {
    Map<String, String> attributes = of(key, status);
    attributes.put("belay.verdict", reason.name());
    attributes.put("belay.reason", failure.reason());
    change("%s/%s".formatted(key, now), status, attributes, now, failure.message());
  }

  /** A change failed, and is going to be undone. */
  void rollbackBegun(ReleaseKey key, ReleaseStatus status, Rollback rollback) {
    Failure failure = status.failure();
    if (failure != null && !rollback.asked()) {
      Map<String, String> attributes = of(key, status);
      attributes.put("belay.verdict", "rolled_back");
      attributes.put("belay.reason", failure.reason());
      change(trace(key, rollback), status, attributes, rollback.startedAt(), failure.message());
    }
  }

  /** One pass over all steps, from now on. */
  Work restoring(ReleaseKey key, Rollback rollback) {
    return traces
        .begin(trace(key, rollback), ROLLBACK, "restore")
        .with("k8s.namespace.name", key.namespace())
        .with("belay.release", key.name());
  }

  /** One step of such a pass. */
  Work step(Rollback.Step step) {
    return traces
        .begin("step")
        .with("belay.action", step.action().name())
        .with("belay.object", step.display());
  }

  /**
   * A rollback has ended.
   *
   * @param failure why it could not be done; null if it was
   */
  void rollbackEnded(
      ReleaseKey key,
      ReleaseStatus status,
      Rollback rollback,
      Instant now,
      @Nullable String failure) {
    Map<String, String> attributes = of(key, status);
    attributes.put("belay.outcome", failure == null ? "succeeded" : "failed");
    attributes.put("belay.revision", Integer.toString(rollback.toRevision()));
    attributes.put("belay.helm_revision", number(rollback.helmRevision()));
    Map<String, Instant> moments = new LinkedHashMap<>();
    put(moments, "restored", rollback.restoredAt());
    traces.tell(
        trace(key, rollback),
        new Finished(
            ROLLBACK,
            rollback.asked() ? null : CHANGE,
            rollback.startedAt(),
            now,
            attributes,
            moments,
            failure));
  }

  private void change(
      String trace,
      ReleaseStatus status,
      Map<String, String> attributes,
      Instant now,
      @Nullable String failure) {
    ChangeSet change = status.changeSet();
    Map<String, Instant> moments = new LinkedHashMap<>();
    if (change != null) {
      attributes.put("belay.helm_revision", number(change.helmRevision()));
      put(moments, "settled", change.settledAt());
      put(moments, "ready", change.currentSince());
    }
    traces.tell(
        trace,
        new Finished(
            CHANGE,
            null,
            change == null ? now : change.startedAt(),
            now,
            attributes,
            moments,
            failure));
  }

  private static Map<String, String> of(ReleaseKey key, ReleaseStatus status) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("k8s.namespace.name", key.namespace());
    attributes.put("belay.release", key.name());
    attributes.put("belay.client", status.client());
    return attributes;
  }

  /** Another release may have a rollback of the same number at the same time. */
  private static String trace(ReleaseKey key, Rollback rollback) {
    return "%s/%s".formatted(key, rollback.id());
  }

  private static String number(int helmRevision) {
    return helmRevision == 0 ? "" : Integer.toString(helmRevision);
  }

  private static void put(Map<String, Instant> moments, String name, @Nullable Instant at) {
    if (at != null) {
      moments.put(name, at);
    }
  }
}
