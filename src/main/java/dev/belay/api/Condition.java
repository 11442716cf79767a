package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;

/** A condition as Kubernetes' API conventions define it. */
@RegisterForReflection
@JsonIgnoreProperties(ignoreUnknown = true)
public record Condition(
    String type, String status, String reason, String message, Instant lastTransitionTime) {

  public static final String READY = "Ready";
  public static final String RECONCILING = "Reconciling";
  public static final String STALLED = "Stalled";
  public static final String RELEASED = "Released";
  public static final String ROLLED_BACK = "RolledBack";

  /** This condition with the time at which its status, not its message, last changed. */
  Condition since(Condition before) {
    return status.equals(before.status)
        ? new Condition(type, status, reason, message, before.lastTransitionTime)
        : this;
  }
}
