package dev.belay.health;

import dev.belay.certificate.GateCertificate;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
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

  private final Optional<String> certificate;
  private final Clock clock = Clock.systemUTC();

  CertificateCheck(@ConfigProperty(name = "belay.tls.certificate") Optional<String> certificate) {
    this.certificate = certificate;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("certificate");
    if (certificate.isEmpty()) {
      return response.up().withData("used", false).build();
    }
    try {
      Instant expiry = GateCertificate.expiry(Path.of(certificate.get()));
      Instant now = clock.instant();
      return response
          .status(now.isBefore(expiry))
          .withData("expires", expiry.toString())
          .withData("days", Duration.between(now, expiry).toDays())
          .build();
    } catch (IOException e) {
      return response.down().withData("error", String.valueOf(e.getMessage())).build();
    }
  }
}
