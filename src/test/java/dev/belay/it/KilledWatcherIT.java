package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** SIGKILL in the middle of a rollback: whoever starts next finishes it. */
@Alone
class KilledWatcherIT {

  private static final String KINDS =
      "deployments,services,configmaps,secrets,horizontalpodautoscalers";

  /**
   * The writes of a rollback of five objects: the plan, content and managers of each, Helm's new
   * record, the failed one, and that all is restored.
   */
  private static final int WRITES = 14;

  /** One release for each write: all rollbacks are stopped when the watcher is killed. */
  @Test
  void killedAtAnyWriteOfARollbackTheNextWatcherFinishesIt() throws Exception {
    List<Stopped> all = new ArrayList<>();
    try {
      for (int write = 1; write <= WRITES; write++) {
        TestNamespace shop = TestNamespace.enforced();
        all.add(new Stopped(write, shop, WriteStopper.ofRollbackIn(shop, write)));
        shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      }
      List<Map<String, KubeObject>> good = new ArrayList<>();
      for (Stopped stopped : all) {
        stopped.shop().awaitStable("shop", 1);
        good.add(web(stopped.shop()));
      }
      for (Stopped stopped : all) {
        stopped
            .shop()
            .helm(
                Helm.HELM_4,
                "upgrade",
                "shop",
                TestNamespace.SHOP,
                "--set",
                "image.name=example/shop-crashes,greeting=Hello,password=changed,"
                    + "service.port=8080,hpa.max=9")
            .succeeds();
      }
      for (Stopped stopped : all) {
        stopped.stopper().awaitReached();
      }
      BelayProcess.kill();
      all.forEach(stopped -> stopped.stopper().release());

      BelayProcess.running();
      for (Stopped stopped : all) {
        TestNamespace shop = stopped.shop();
        shop.awaitCondition("shop", "RolledBack", "True");
        Sameness.assertSame(good.get(stopped.write() - 1), web(shop));
        assertThat(shop.history(Helm.HELM_4, "shop"))
            .as("killed at write " + stopped.write())
            .hasSize(3)
            .last()
            .asString()
            .startsWith("3 deployed Rollback to 1: ");
        shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP).succeeds();
      }
    } finally {
      all.forEach(Stopped::close);
    }
  }

  private record Stopped(int write, TestNamespace shop, WriteStopper stopper) {
    void close() {
      stopper.close();
      shop.close();
    }
  }

  private static Map<String, KubeObject> web(TestNamespace shop) {
    Map<String, KubeObject> objects = shop.objects(KINDS);
    objects.keySet().removeIf(name -> !name.endsWith("/web"));
    return objects;
  }
}
