package dev.belay.readiness;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.belay.manifest.Amounts;
import dev.belay.manifest.KubeObject;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a Pod that a quota has no room for now can still get some: in a rolling update the old
 * Pods may go first, and make room.
 */
public final class QuotaRoom {

  /** {@code exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2}. */
  private static final Pattern EXCEEDED =
      Pattern.compile("exceeded quota: .*requested: (.*), used: (.*), limited: (.*)");

  /** As many digits as a number of Pods may ever have; to read them takes more than linear time. */
  private static final int MAX_AMOUNT_CHARS = 20;

  private QuotaRoom() {}

  /**
   * Whether old Pods of this workload make room for this Pod.
   *
   * @param live the workload as it is; empty when it is new
   * @param message the quota's refusal
   */
  public static boolean comes(KubeObject workload, Optional<KubeObject> live, String message) {
    return live.isPresent() && oldPodsGoFirst(workload) && fitsAlone(message);
  }

  /** Whether there is room for the Pod as soon as enough others have gone. */
  public static boolean fitsAlone(String message) {
    return message.contains("exceeded quota") && !tooMuchAlone(message);
  }

  /**
   * Whether one object more is all that there is no room for. Pods that have ended are in no quota
   * of {@code pods}: that one of them goes makes no room.
   */
  public static boolean isOne(String message) {
    Matcher exceeded = EXCEEDED.matcher(message);
    return exceeded.find()
        && Amounts.read(exceeded.group(1)).entrySet().stream()
            .allMatch(
                asked ->
                    !asked.getKey().equals("pods")
                        && asked.getValue().compareTo(BigDecimal.ONE) == 0);
  }

  /**
   * Whether a rolling update of this Deployment goes on in this quota, though the new Pods are
   * refused now: all of them fit into it, and old ones go first. Its ReplicaSet tries again by
   * itself, each time after twice as long (kubernetes v1.37.2, pkg/controller/replicaset).
   *
   * @param message the quota's refusal
   */
  static boolean isMade(KubeObject deployment, String message) {
    long old =
        deployment.number(0, "status", "replicas")
            - deployment.number(0, "status", "updatedReplicas");
    return old > 0 && oldPodsGoFirst(deployment) && fitAll(deployment, message);
  }

  /** Whether as many Pods as this workload has fit into the quota, were there no others. */
  static boolean fitAll(KubeObject workload, String message) {
    Matcher exceeded = EXCEEDED.matcher(message);
    if (!exceeded.find()) {
      return false;
    }
    Map<String, BigDecimal> limited = Amounts.read(exceeded.group(3));
    BigDecimal many = BigDecimal.valueOf(workload.replicas());
    return Amounts.read(exceeded.group(1)).entrySet().stream()
        .allMatch(
            asked ->
                limited.containsKey(asked.getKey())
                    && asked.getValue().multiply(many).compareTo(limited.get(asked.getKey())) <= 0);
  }

  private static boolean oldPodsGoFirst(KubeObject workload) {
    return switch (workload.kind()) {
      case "StatefulSet" -> true;
      case "DaemonSet" -> amount(workload, "maxSurge", "0").signum() == 0;
      case "Deployment" ->
          workload.text("", "spec", "strategy", "type").equals("Recreate") || unavailable(workload);
      default -> false;
    };
  }

  /** Percentages of unavailable Pods are rounded down (deployment_util.go, ResolveFenceposts). */
  private static boolean unavailable(KubeObject deployment) {
    BigDecimal most = amount(deployment, "maxUnavailable", "25%");
    return most.compareTo(BigDecimal.ONE) >= 0
        || amount(deployment, "maxSurge", "25%").signum() == 0;
  }

  private static BigDecimal amount(KubeObject workload, String field, String otherwise) {
    String strategy = workload.kind().equals("Deployment") ? "strategy" : "updateStrategy";
    String text = workload.at("spec", strategy, "rollingUpdate", field).asText(otherwise);
    boolean percent = text.endsWith("%");
    if (text.length() > MAX_AMOUNT_CHARS) {
      return BigDecimal.ZERO;
    }
    try {
      BigDecimal number = new BigDecimal(percent ? text.substring(0, text.length() - 1) : text);
      BigDecimal replicas = BigDecimal.valueOf(workload.replicas());
      return percent ? number.multiply(replicas).movePointLeft(2) : number;
    } catch (NumberFormatException e) {
      return BigDecimal.ZERO;
    }
  }

  /** Whether the Pod needs more of something than the quota ever allows. */
  private static boolean tooMuchAlone(String message) {
    Matcher exceeded = EXCEEDED.matcher(message);
    if (!exceeded.find()) {
      return false;
    }
    Map<String, BigDecimal> limited = Amounts.read(exceeded.group(3));
    return Amounts.read(exceeded.group(1)).entrySet().stream()
        .anyMatch(
            asked ->
                limited.containsKey(asked.getKey())
                    && asked.getValue().compareTo(limited.get(asked.getKey())) > 0);
  }
}
