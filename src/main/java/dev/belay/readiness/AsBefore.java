package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Baseline;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether what an object lacks comes of the change that is judged. It does not where the object was
 * as unready before and the change leaves it alone; and where all that is missing are Pods that no
 * node has room for ({@link Room}).
 */
public final class AsBefore {

  private AsBefore() {}

  /**
   * What the change that is judged has to do with an object.
   *
   * @param touches whether it wants the object to be otherwise than the stable revision has it
   * @param asksFor how many Pods an autoscaler is to keep at least since the change; 0 where it was
   *     to keep as many before
   * @param undone whether the change is undone, or was: that the Pods of a template have once been
   *     available says nothing of what is restored
   */
  public record Change(boolean touches, long asksFor, boolean undone) {}

  /**
   * The readiness; Current where what is lacking is not the change's.
   *
   * @param baseline how the object was when the change was first seen
   */
  public static Readiness judge(
      Readiness readiness,
      KubeObject live,
      Related related,
      Baseline baseline,
      Change change,
      Instant now) {
    if (readiness instanceof Current || NewRevision.isBeingDeleted(live)) {
      return readiness;
    }
    boolean leftAlone = !change.touches() && !Room.isAskedForMore(live, baseline, change);
    if (!baseline.ready() && leftAlone) {
      return new Current("As unready as before the change: " + readiness.message());
    }
    return Room.isAllThatLacks(readiness, live, related, baseline, change, now)
        ? new Current("No room for more Pods now: " + readiness.message())
        : readiness;
  }

  /**
   * Digest of what decides whether an object is ready: of what has Pods that is its spec, and each
   * version of a chart has other labels.
   */
  public static String wanted(KubeObject object) {
    if (object.podTemplate().isMissingNode()) {
      return ObjectDigest.of(object);
    }
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    spec.set("spec", object.at("spec"));
    return ObjectDigest.of(KubeObject.of(spec));
  }

  /**
   * How the object is, for the judgement of what comes after. Where the change has written it by
   * then, its status is that of before until its controller has seen that; after that it is taken
   * for what was ready, unless it says itself since when it is not: that it is not any more is the
   * change's doing, and once it is restored nothing would show that it was written.
   *
   * @param differs whether the change may have had its effect on it: it is otherwise than the
   *     stable revision has it, or the change is seen late
   * @param begun when the change began
   */
  public static Baseline baseline(
      KubeObject live, Readiness readiness, boolean differs, Instant begun) {
    boolean touched = differs || OfChange.isDeleted(live, begun);
    boolean daemons = live.key().groupKind().equals("DaemonSet.apps");
    boolean counts = daemons || Room.isScalable(live);
    boolean unseen = touched && counts && !Room.isSeen(live);
    boolean lackedBefore = touched && isUnavailableSince(live, begun);
    long available = live.number(0, "status", daemons ? "numberAvailable" : "availableReplicas");
    long pods =
        daemons
            ? live.number(0, "status", "desiredNumberScheduled")
            : unseen ? live.number(0, "status", "replicas") : live.replicas();
    boolean ready =
        !lackedBefore && (unseen ? available >= pods : touched || readiness instanceof Current);
    boolean assumed = touched && !unseen && !lackedBefore;
    return new Baseline(
        live.key().toString(),
        counts ? (int) pods : 0,
        counts ? (int) (assumed ? pods : available) : 0,
        ready);
  }

  /**
   * How an object is that is about to be changed, where it is not ready; empty where it is, where
   * it is only labelled, and where its status is not of this spec yet.
   */
  public static Optional<Baseline> unready(KubeObject before, KubeObject after, Instant now) {
    if (!Assess.isWorkload(before)
        || !Room.isSeen(before)
        || wanted(before).equals(wanted(after))) {
      return Optional.empty();
    }
    Readiness readiness = Assess.of(before, Related.NONE, Instant.EPOCH, now);
    return readiness instanceof Current
        ? Optional.empty()
        : Optional.of(baseline(before, readiness, false, now));
  }

  /** Whether a Deployment has had too few Pods since before the change: no other kind says so. */
  private static boolean isUnavailableSince(KubeObject live, Instant begun) {
    JsonNode available = live.condition("Available");
    return live.key().groupKind().equals("Deployment.apps")
        && available.path("status").asText().equals("False")
        && Times.isBefore(available.path("lastTransitionTime").asText(), begun);
  }
}
