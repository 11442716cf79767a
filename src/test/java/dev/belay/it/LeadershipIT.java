package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Two watchers: one leads, and who has lost the Lease writes no more. */
@Alone
class LeadershipIT {

  private static final String KINDS = "deployments,services,configmaps,horizontalpodautoscalers";

  @Test
  void aLeaderThatHangsIsReplacedAndDoesNotGoOnWhenItWakes() throws Exception {
    BelayProcess first = BelayProcess.running();
    BelayProcess second = BelayProcess.another();
    try (TestNamespace shop = TestNamespace.enforced();
        WriteStopper stopper = WriteStopper.ofRollbackIn(shop, 4)) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      Map<String, KubeObject> good = shop.objects(KINDS);
      upgrade(shop, "image.name=example/shop-crashes,greeting=Hello,service.port=8080");
      stopper.awaitReached();
      first.signal("STOP");
      stopper.release();

      shop.awaitCondition("shop", "RolledBack", "True");
      Sameness.assertSame(good, shop.objects(KINDS));
      // Changes what the first one had still before it, too: it would put that back.
      upgrade(shop, "greeting=Newer,image.tag=2.0,service.port=9090,hpa.max=7");
      shop.awaitStable("shop", 4);
      Map<String, KubeObject> newer = shop.objects(KINDS);

      first.signal("CONT");
      Awaitility.await("who has lost the Lease ends")
          .atMost(TestNamespace.PATIENCE)
          .until(() -> !first.isAlive());
      Sameness.assertSame(newer, shop.objects(KINDS));
      assertThat(shop.history(Helm.HELM_4, "shop")).hasSize(4);
    } finally {
      second.end();
      BelayProcess.kill();
    }
  }

  private static void upgrade(TestNamespace shop, String values) {
    shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", values).succeeds();
  }
}
