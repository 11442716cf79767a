package dev.belay.health;

import dev.belay.cluster.Leadership;
import dev.belay.watcher.Watcher;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * A leading watcher has to be at work: its threads alive. An API server that does not answer is no
 * reason to restart it. Whether it leads is told, not judged.
 */
@Liveness
@ApplicationScoped
class WatcherCheck implements HealthCheck {

  private final Watcher watcher;
  private final Leadership leadership;

  WatcherCheck(Watcher watcher, Leadership leadership) {
    this.watcher = watcher;
    this.leadership = leadership;
  }

  @Override
  public HealthCheckResponse call() {
    Instant list = watcher.lastList();
    return HealthCheckResponse.named("watcher")
        .status(!leadership.leading() || watcher.atWork())
        .withData("leading", leadership.leading())
        .withData("listed", list.equals(Instant.EPOCH) ? "never" : list.toString())
        .build();
  }
}
