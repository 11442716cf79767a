package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The clock of Belay's machine is ten minutes ahead. Run where {@code -Dfaketime} names the library
 * of libfaketime, which the process is started with.
 */
@Alone
@EnabledIfSystemProperty(named = "faketime", matches = ".+")
class SkewedClockIT {

  private static final Map<String, String> AHEAD =
      Map.of(
          "LD_PRELOAD",
          System.getProperty("faketime", ""),
          "FAKETIME",
          "+600s",
          "DONT_FAKE_MONOTONIC",
          "1");

  @AfterEach
  void end() {
    BelayProcess.shutDown();
  }

  @Test
  void noVerdictAndNoLeaseDependsOnIt() throws Exception {
    BelayProcess ahead = BelayProcess.instead(AHEAD);
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      shop.kubectl("annotate", "release", "shop", "belay.dev/timeout=30s").succeeds();
      upgrade(shop, "image.name=example/shop-slow");
      shop.awaitStable("shop", 2);
      Instant verified =
          Instant.parse(shop.release("shop").at("/status/stable/verifiedAt").asText());
      assertThat(Duration.between(verified, Instant.now()).abs()).isLessThan(Duration.ofMinutes(2));
      assertThat(ahead.management("/q/health/ready").body())
          .containsPattern("\"clockSkewSeconds\": (599|600|601)")
          .contains("s ahead of the API server's");
      assertThat(ahead.management("/q/health/ready").statusCode()).isEqualTo(200);
      upgrade(shop, "image.name=example/shop-crashes");
      shop.awaitCondition("shop", "RolledBack", "True");

      // Killed, so that it gives nothing back; the next one has the right clock.
      BelayProcess.kill();
      long killed = System.nanoTime();
      BelayProcess.running();
      upgrade(shop, "image.name=example/shop-crashes,greeting=Hello");
      shop.await("shop", status -> status.at("/failure/helmRevision").asInt() == 5);
      shop.awaitCondition("shop", "RolledBack", "True");
      System.out.printf(
          "rolled back again %d s after the kill%n",
          Duration.ofNanos(System.nanoTime() - killed).toSeconds());
    }
  }

  private static void upgrade(TestNamespace shop, String values) {
    shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", values).succeeds();
  }
}
