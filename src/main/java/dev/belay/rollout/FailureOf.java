package dev.belay.rollout;

import dev.belay.api.Failure;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.Told;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Cause;
import java.util.Optional;

/** The cause that is recorded of a change already: what a client does afterwards is no new one. */
final class FailureOf {

  static final String CLIENT_GONE = "ClientGone";
  static final ObjectKey NO_OBJECT = new ObjectKey("", "", "", "");

  private FailureOf() {}

  /** Why this change failed; empty when nothing is recorded of it. */
  static Optional<Cause> change(ReleaseStatus status, int helmRevision) {
    Failure failure = status.failure();
    if (failure == null || failure.helmRevision() != helmRevision) {
      return Optional.empty();
    }
    String prefix = failure.object() + ": ";
    boolean prefixed = !failure.object().isEmpty() && failure.message().startsWith(prefix);
    return Optional.of(
        new Cause(
            failure.reason(),
            object(status, failure),
            failure.pod(),
            failure.container(),
            failure.exitCode() == null ? Cause.NO_EXIT : failure.exitCode(),
            0,
            prefixed ? failure.message().substring(prefix.length()) : failure.message(),
            failure.evidence()));
  }

  private static ObjectKey object(ReleaseStatus status, Failure failure) {
    Told told = status.told();
    if (told == null || told.helmRevision() != failure.helmRevision()) {
      return NO_OBJECT;
    }
    return told.workloads().stream()
        .filter(workload -> workload.display().equals(failure.object()))
        .findFirst()
        .map(FailureOf::key)
        .orElse(NO_OBJECT);
  }

  private static ObjectKey key(Told.Workload workload) {
    int slash = workload.apiVersion().indexOf('/');
    return new ObjectKey(
        slash < 0 ? "" : workload.apiVersion().substring(0, slash),
        workload.kind(),
        workload.namespace(),
        workload.name());
  }
}
