package dev.belay.health;

import dev.belay.cluster.ApiServer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * The API server has answered lately. Gate and watcher both ask it something at least every 15
 * seconds, whatever else they do.
 */
@Readiness
@ApplicationScoped
class ApiServerCheck implements HealthCheck {

  /** Two missed rounds. */
  static final Duration MAX_SILENCE = Duration.ofSeconds(30);

  private final ApiServer api;
  private final Clock clock = Clock.systemUTC();

  ApiServerCheck(ApiServer api) {
    this.api = api;
  }

  @Override
  public HealthCheckResponse call() {
    Instant last = api.lastAnswer();
    Duration silence = Duration.between(last, clock.instant());
    var response = HealthCheckResponse.named("api-server");
    if (last.equals(Instant.EPOCH)) {
      return response.down().withData("answered", "never").build();
    }
    return response
        .status(silence.compareTo(MAX_SILENCE) <= 0)
        .withData("answered", last.toString())
        .build();
  }
}
