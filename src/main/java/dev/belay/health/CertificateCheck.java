package dev.belay.health;

import dev.belay.certificate.ServedKey;
import dev.belay.cluster.ServerClock;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** The gate is ready only with a certificate that is valid now. */
@Readiness
@ApplicationScoped
class CertificateCheck implements HealthCheck {

  private final boolean used;
  private final ServedKey key;
  private final ServerClock clock;

  CertificateCheck(
      @ConfigProperty(name = "belay.tls.names") Optional<String> names,
      ServedKey key,
      ServerClock clock) {
    this.used = names.isPresent();
    this.key = key;
    this.clock = clock;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("certificate");
    if (!used) {
      return response.up().withData("used", false).build();
    }
    Optional<Instant> expiry = key.expiry();
    if (expiry.isEmpty()) {
      return response.down().withData("error", "there is none yet, see the log").build();
    }
    Instant now = clock.now();
    return response
        .status(now.isBefore(expiry.get()))
        .withData("expires", expiry.get().toString())
        .withData("days", Duration.between(now, expiry.get()).toDays())
        .build();
  }
}
