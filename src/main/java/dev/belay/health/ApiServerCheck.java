package dev.belay.health;

import dev.belay.cluster.ApiServer;
import dev.belay.cluster.ServerClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * The API server has answered lately. Gate and watcher both ask it something at least every 15
 * seconds, whatever else they do. How far this machine's clock is off is told and not judged: Belay
 * goes by the API server's.
 */
@Readiness
@ApplicationScoped
class ApiServerCheck implements HealthCheck {

  /** Two missed rounds. */
  static final Duration MAX_SILENCE = Duration.ofSeconds(30);

  private final ApiServer api;
  private final ServerClock clock;

  ApiServerCheck(ApiServer api, ServerClock clock) {
    this.api = api;
    this.clock = clock;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("api-server");
    if (clock.isKnown()) {
      response.withData("clockSkewSeconds", clock.skew().toSeconds());
    }
    clock.warning().ifPresent(words -> response.withData("clock", words));
    Optional<Duration> silence = api.silence();
    return silence
        .map(
            since ->
                response
                    .status(since.compareTo(MAX_SILENCE) <= 0)
                    .withData("answered", since.toSeconds() + " s ago")
                    .build())
        .orElseGet(() -> response.down().withData("answered", "never").build());
  }
}
