package dev.belay.readiness;

import dev.belay.manifest.KubeObject;

/**
 * StatefulSet, as strict as kstatus (stsConditions): with a partition, the Pods above it are
 * updated; without one, all are. With OnDelete somebody else replaces the Pods, so that there is
 * nothing to wait for.
 */
final class StatefulSetReadiness {

  private StatefulSetReadiness() {}

  static Readiness judge(Subject subject) {
    if (subject.object().text("", "spec", "updateStrategy", "type").equals("OnDelete")) {
      return new Current("Pods are replaced on delete");
    }
    String lacking = lacking(subject);
    return lacking.isEmpty()
        ? new Current("Ready: " + subject.spec(1, "replicas"))
        : PodsOf.newRevision(subject).judge(lacking);
  }

  private static String lacking(Subject subject) {
    KubeObject set = subject.object();
    long want = subject.spec(1, "replicas");
    long all = subject.status("replicas");
    long partition = set.number(0, "spec", "updateStrategy", "rollingUpdate", "partition");
    String pods =
        Ratio.first(
            Ratio.below("Replicas", all, want),
            Ratio.below("Ready", subject.status("readyReplicas"), want),
            Ratio.above(all, want));
    if (!pods.isEmpty() || want == 0) {
      return pods;
    }
    if (partition > 0) {
      return Ratio.below("Updated", subject.status("updatedReplicas"), want - partition);
    }
    /* The API server writes partition 0 into every RollingUpdate, and kstatus then looks no
    further than updatedReplicas; the revisions are looked at here as well. */
    String revision = set.text("", "status", "updateRevision");
    boolean sameRevision = revision.equals(set.text("", "status", "currentRevision"));
    return Ratio.first(
        Ratio.below("Updated", sameRevision ? want : subject.status("updatedReplicas"), want),
        sameRevision ? "" : "The new revision is not the current one yet",
        Ratio.below("Available", available(subject, want), want));
  }

  /** The count of Pods that were ready for minReadySeconds; written since Kubernetes 1.22. */
  private static long available(Subject subject, long want) {
    return subject.object().number(want, "status", "availableReplicas");
  }
}
