package dev.belay.watcher;

import dev.belay.cluster.Evidence;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.Cause;
import dev.belay.readiness.Related;
import dev.belay.readiness.Witnesses;
import dev.belay.report.WarningEvents;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/** Reads the Events that a report of a failure quotes. */
@ApplicationScoped
class FailureEvents {

  private final Evidence evidence;

  FailureEvents(Evidence evidence) {
    this.evidence = evidence;
  }

  /**
   * What was warned of about the object that failed and its Pods.
   *
   * @param failed the object, as it is live
   * @param begun when the change began, see {@link dev.belay.api.ReleaseStatus#changeBegan}
   */
  List<String> of(KubeObject failed, Cause cause, Instant begun, KnownSecrets.Values secrets) {
    return lines(read(failed, evidence.related(failed), cause, begun), secrets);
  }

  /** The Events themselves, of an object and what belongs to it. */
  List<KubeObject> read(KubeObject failed, Related related, Cause cause, Instant begun) {
    return AtOnce.map(
            Witnesses.all(failed, related, cause.pod()),
            about -> Related.ofChange(about, evidence.events(about), begun))
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  /** How they are quoted. */
  static List<String> lines(List<KubeObject> events, KnownSecrets.Values secrets) {
    return WarningEvents.lines(events, secrets::maskQuoted);
  }
}
