package dev.belay.readiness;

import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.Optional;

/**
 * Judges one object: deletion, observed generation, Reconciling, Stalled, its kind's rule, Ready.
 */
public final class Assess {

  /**
   * With what the reasons of conditions begin that Belay itself writes. A {@code Stalled} of its
   * own tells a waiting client; it is no evidence.
   */
  public static final String OWN_REASON_PREFIX = "Belay";

  private Assess() {}

  /**
   * Is this object as its spec asks, and if not, why?
   *
   * @param related what belongs to it; {@link Related#NONE} for kinds without Pods
   * @param since when the change began that is judged: a Pod that is older has a history, of which
   *     only what came since counts
   * @param now the time against which what is tolerated is measured
   */
  public static Readiness of(KubeObject object, Related related, Instant since, Instant now) {
    if (NewRevision.isBeingDeleted(object)) {
      return new InProgress("Being deleted");
    }
    Subject subject = new Subject(object, related, since, now);
    KindRule explains = Kinds.EXPLAINING.get(object.key().groupKind());
    if (explains != null) {
      return explains.judge(subject);
    }
    Optional<Readiness> generic = Generic.before(subject);
    if (generic.isPresent()) {
      return generic.get();
    }
    KindRule rule = Kinds.GATING.get(object.key().groupKind());
    return rule == null ? Generic.byReady(subject) : rule.judge(subject);
  }

  /**
   * Whether a release waits for this object: it has Pods, others need it to be there, or it is a
   * custom resource, whose controller may say how it is. All other objects are Current unless they
   * are being deleted, and the message explains.
   *
   * @param object as it is live or as a manifest has it: its kind decides
   */
  public static boolean isWorkload(KubeObject object) {
    String kind = object.key().groupKind();
    return Kinds.GATING.containsKey(kind) || Kinds.isCustom(object);
  }

  /**
   * Whether this object may go by itself, so that nothing is wrong where it is not there: a Job is
   * deleted some time after its end where it says so, and what a custom resource lives for its
   * controller knows.
   */
  public static boolean mayBeGone(KubeObject object) {
    return Kinds.isCustom(object)
        || (object.key().groupKind().equals("Job.batch")
            && object.at("spec", "ttlSecondsAfterFinished").isIntegralNumber());
  }

  /** Whether it may make ConfigMaps and Secrets that other objects wait for. */
  public static boolean makesOthers(KubeObject object) {
    return Kinds.isCustom(object) || object.key().groupKind().equals("Job.batch");
  }

  /** Whether its Pods are found by {@code spec.selector}: elsewhere that may select anything. */
  public static boolean selectsPods(KubeObject object) {
    return Kinds.SELECTING.contains(object.key().groupKind());
  }

  /**
   * How often containers of the newest revision's Pods were restarted, together. A number that
   * grows after the workload became ready shows a crash that its status may already hide.
   */
  public static int restarts(Related related, KubeObject workload) {
    return NewRevision.pods(workload, related).stream()
        .flatMap(pod -> Container.of(pod).stream())
        .mapToInt(Container::restarts)
        .sum();
  }
}
