package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The story with {@code HELM_DRIVER=configmap}. */
class ConfigMapDriverIT {

  @ParameterizedTest
  @EnumSource(Helm.class)
  void recordsInConfigMapsAreAsGoodAsRecordsInSecrets(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helmInConfigMaps(helm, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      assertThat(
              shop.helmInConfigMaps(
                      helm, "upgrade", "shop", TestNamespace.SHOP, "--set", "hpa.target=-10")
                  .fails())
          .contains("this upgrade of release shop would fail, so nothing of it was applied");
      assertThat(shop.release("shop").at("/status/refusals/0/client").asText()).isEqualTo("Helm");
      assertThat(shop.release("shop").at("/status/refusals/0/object").asText())
          .isEqualTo("Helm revision 2");

      shop.helmInConfigMaps(
              helm,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-crashes")
          .succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.helmInConfigMaps(helm, "history", "shop").succeeds().out())
          .containsPattern("2 .*failed .*cannot connect to db")
          .containsPattern("3 .*deployed .*Rollback to 1: .*cannot connect to db");
      assertThat(shop.kubectl("get", "secrets", "-l", "owner=helm", "-o", "name").out()).isEmpty();
      shop.helmInConfigMaps(helm, "upgrade", "shop", TestNamespace.SHOP, "--set", "greeting=Hi")
          .succeeds();
      shop.awaitStable("shop", 4);
    }
  }
}
