package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** While a rollback is being applied, nobody else writes to the release. */
class LocksIT {

  @Test
  void aReleaseThatIsBeingRolledBackIsWrittenToByNobodyElse() throws Exception {
    try (TestNamespace shop = TestNamespace.enforced();
        WriteStopper stopper = WriteStopper.ofBelayIn(shop, 2)) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      shop.helm(
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-crashes,greeting=Hello,password=changed,hpa.max=9")
          .succeeds();
      stopper.awaitReached();

      String locked =
          "release shop is being rolled back to stored revision 1, since Helm revision 2 failed;"
              + " try again in a few seconds";
      assertThat(shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP).fails())
          .contains("preflight.belay.dev", locked);
      assertThat(shop.kubectl("set", "image", "deployment/web", "web=example/shop:9").fails())
          .contains("final.belay.dev", locked);
      assertThat(
              shop.kubectl("patch", "configmap", "web", "-p", "{\"data\":{\"GREETING\":\"Hi\"}}")
                  .fails())
          .contains(locked);
      // Neither what belongs to no release, nor what no rollback touches.
      shop.kubectl("create", "configmap", "other", "--from-literal=a=b").succeeds();
      shop.kubectl("scale", "deployment", "web", "--replicas=3").succeeds();
      shop.kubectl("label", "deployment", "web", "a=b").succeeds();
      assertThat(shop.release("shop").at("/status/refusals").isEmpty())
          .as("to wait is no refusal")
          .isTrue();

      stopper.release();
      shop.awaitCondition("shop", "RolledBack", "True");
      shop.kubectl("set", "image", "deployment/web", "web=example/shop:9").succeeds();
    }
  }
}
