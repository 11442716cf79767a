package dev.belay.rollback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Optional;

/**
 * A PersistentVolumeClaim that is made anew since the failed change has deleted it. The
 * controllers' notes on the old one are not carried over: to a claim that says it is bound, and
 * whose volume is another claim's, they answer with {@code Lost}, which is for ever
 * (volume/persistentvolume/pv_controller.go, syncBoundClaim).
 */
public final class RemadeClaim {

  private static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";

  /** What the controllers and the scheduler note on a claim. */
  static final List<String> NOTES =
      List.of(
          "pv.kubernetes.io/bind-completed",
          BOUND_BY_CONTROLLER,
          "volume.kubernetes.io/selected-node",
          "volume.kubernetes.io/storage-provisioner",
          "volume.beta.kubernetes.io/storage-provisioner");

  private RemadeClaim() {}

  /** The volume that was found for this claim; empty where it has none, or asked for it by name. */
  public static Optional<String> volume(KubeObject stable) {
    String volume = stable.text("", "spec", "volumeName");
    return stable.key().groupKind().equals("PersistentVolumeClaim")
            && !volume.isEmpty()
            && stable.annotations().containsKey(BOUND_BY_CONTROLLER)
        ? Optional.of(volume)
        : Optional.empty();
  }

  /**
   * Whether what was in the volume is still there: then nothing but that volume will do, even if
   * somebody has to free it first. Any other one would be empty, and nobody might notice.
   *
   * @param volume the volume, empty where it is gone
   */
  public static boolean isKept(Optional<KubeObject> volume) {
    return volume
        .filter(kept -> kept.text("", "spec", "persistentVolumeReclaimPolicy").equals("Retain"))
        .isPresent();
  }

  /** What is said of a claim whose volume is not kept. */
  public static String told(String volume) {
    return "the failed change has deleted it, and its volume %s with what was in it is not kept, so it gets a new one, which is empty"
        .formatted(volume);
  }

  /** The claim without its volume, so that it is given a new one. */
  public static KubeObject withoutVolume(KubeObject stable) {
    KubeObject rest = stable.copy();
    if (rest.json().get("spec") instanceof ObjectNode spec) {
      spec.remove("volumeName");
    }
    return rest;
  }
}
