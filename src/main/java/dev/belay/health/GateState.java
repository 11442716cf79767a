package dev.belay.health;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** What is known of the gate: when its webhooks were last seen pointing at it. */
@ApplicationScoped
public class GateState {

  private volatile Instant registeredAt = Instant.EPOCH;

  public void registered(Instant at) {
    registeredAt = at;
  }

  /** The epoch when the webhooks never pointed at this gate. */
  public Instant registeredAt() {
    return registeredAt;
  }
}
