package dev.belay.readiness;

/**
 * DaemonSet, as strict as kstatus (daemonsetConditions). With OnDelete somebody else replaces the
 * Pods, so that there is nothing to wait for.
 */
final class DaemonSetReadiness {

  private DaemonSetReadiness() {}

  static Readiness judge(Subject subject) {
    if (subject.object().text("", "spec", "updateStrategy", "type").equals("OnDelete")) {
      return new Current("Pods are replaced on delete");
    }
    if (!subject.object().at("status", "desiredNumberScheduled").isIntegralNumber()) {
      return new InProgress("Not seen by its controller yet");
    }
    long want = subject.status("desiredNumberScheduled");
    String lacking =
        Ratio.first(
            Ratio.below("Scheduled", subject.status("currentNumberScheduled"), want),
            Ratio.below("Updated", subject.status("updatedNumberScheduled"), want),
            Ratio.below("Available", subject.status("numberAvailable"), want),
            Ratio.below("Ready", subject.status("numberReady"), want));
    return lacking.isEmpty()
        ? new Current("Ready: " + want)
        : PodsOf.newRevision(subject).judge(lacking);
  }
}
