package dev.belay.readiness;

import dev.belay.manifest.KubeObject;

/**
 * PersistentVolumeClaim: bound, or waiting for its first Pod.
 *
 * <p>Whether the storage class binds late (WaitForFirstConsumer) is not said on the claim. But the
 * controller writes the provisioner on it as soon as it provisions, and the scheduler the node as
 * soon as there is a Pod (volume/persistentvolume/pv_controller.go, syncUnboundClaim). A pending
 * claim with neither has nobody who could bind it, so that waiting for it alone would never end; if
 * a Pod needs it, that Pod is not ready, and its workload says why. Unless an Event warns: nobody
 * provisions for a class that does not exist.
 */
final class PersistentVolumeClaimReadiness {

  private static final String NODE = "volume.kubernetes.io/selected-node";
  private static final String PROVISIONER = "volume.kubernetes.io/storage-provisioner";
  private static final String BETA_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";

  private PersistentVolumeClaimReadiness() {}

  static Readiness judge(Subject subject) {
    KubeObject claim = subject.object();
    String phase = claim.text("", "status", "phase");
    return switch (phase) {
      case "Bound" -> new Current("Bound");
      case "Lost" ->
          subject.failed(
              Reasons.VOLUME_LOST,
              "its volume %s does not exist any more, or is another claim's"
                  .formatted(claim.text("", "spec", "volumeName")));
      case "Pending" -> pending(subject);
      default -> new InProgress("Not seen by its controller yet");
    };
  }

  /** Whether this is a claim that is not bound yet, for whatever reason. */
  static boolean isPending(KubeObject object) {
    return object.key().groupKind().equals("PersistentVolumeClaim")
        && object.text("", "status", "phase").equals("Pending");
  }

  private static Readiness pending(Subject subject) {
    var annotations = subject.object().annotations();
    RelatedEvents events = RelatedEvents.about(subject.object(), subject.related().events());
    boolean isBeingProvisioned =
        annotations.containsKey(NODE)
            || annotations.containsKey(PROVISIONER)
            || annotations.containsKey(BETA_PROVISIONER);
    String warning = events.newestWarning();
    // Where a volume is asked for by name, no Pod is waited for (syncUnboundClaim).
    String volume = subject.object().text("", "spec", "volumeName");
    if (!volume.isEmpty()) {
      String why = warning.isEmpty() ? "it asks for volume " + volume : warning;
      return new InProgress(OneLine.join("Pending", why) + remedy(volume, warning));
    }
    return isBeingProvisioned || !warning.isEmpty()
        ? new InProgress(OneLine.join("Pending", warning))
        : new Current("Waits for its first Pod");
  }

  /** A volume that is kept stays the deleted claim's until somebody gives it to the new one. */
  private static String remedy(String volume, String warning) {
    return warning.contains("already bound to a different claim")
        ? " If volume %1$s was this claim's before it was deleted, give it back: kubectl patch pv %1$s --type=json -p '[{\"op\":\"remove\",\"path\":\"/spec/claimRef/uid\"}]'"
            .formatted(volume)
        : "";
  }
}
