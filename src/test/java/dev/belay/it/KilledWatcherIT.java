package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGKILL in the middle of a rollback: whoever starts next finishes it. */
class KilledWatcherIT {

  private static final String KINDS =
      "deployments,services,configmaps,secrets,horizontalpodautoscalers";

  /**
   * Five objects make ten writes: content and managers of each. The watcher is killed while the API
   * server is asked to admit one of them.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 10})
  void theRestartedWatcherFinishesTheRollback(int write) throws Exception {
    try (TestNamespace shop = TestNamespace.enforced();
        WriteStopper stopper = WriteStopper.ofBelayIn(shop, write)) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      Map<String, KubeObject> good = web(shop);

      shop.helm(
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-crashes,greeting=Hello,password=changed,"
                  + "service.port=8080,hpa.max=9")
          .succeeds();
      stopper.awaitReached();
      BelayProcess.kill();
      stopper.release();
      assertThat(TestNamespace.condition(shop.release("shop").path("status"), "RolledBack"))
          .isEqualTo("Unknown");

      BelayProcess.running();
      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(good, web(shop));
      assertThat(shop.history(Helm.HELM_4, "shop"))
          .hasSize(3)
          .last()
          .asString()
          .startsWith("3 deployed Rollback to 1: ");
      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP).succeeds();
    }
  }

  private static Map<String, KubeObject> web(TestNamespace shop) {
    Map<String, KubeObject> objects = shop.objects(KINDS);
    objects.keySet().removeIf(name -> !name.endsWith("/web"));
    return objects;
  }
}
