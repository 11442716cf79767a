package dev.belay.health;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * A gate that no webhook points at guards nothing. Nothing that a restart would cure: whether the
 * process has started does not depend on it.
 */
@Readiness
@ApplicationScoped
class WebhookCheck implements HealthCheck {

  private final GateState gate;
  private final boolean isGate;

  WebhookCheck(GateState gate, @ConfigProperty(name = "belay.role") Optional<String> role) {
    this.gate = gate;
    this.isGate = role.isPresent() && !role.get().equals("WATCHER");
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("webhook");
    Instant registered = gate.registeredAt();
    return response
        .status(!isGate || !registered.equals(Instant.EPOCH))
        .withData("registered", registered.equals(Instant.EPOCH) ? "never" : registered.toString())
        .build();
  }
}
