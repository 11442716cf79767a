package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A release at rest whose Pods come and go, as when nodes are drained: nothing is changed. */
class AtRestIT {

  @ParameterizedTest
  @ValueSource(strings = {"Helm", "kubectl"})
  void whatGoesUnreadyAndComesBackIsNotVerifiedAnew(String client) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      if (client.equals("Helm")) {
        shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      } else {
        shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      }
      shop.awaitCondition("shop", "Released", "True");
      // From here on the watches tell of this namespace.
      stable(shop, "before");
      String release = shop.release("shop").at("/metadata/resourceVersion").asText();
      List<String> logged = logged(shop);
      long events = events(shop);
      for (int drain = 0; drain < 3; drain++) {
        List<String> before = pods(shop);
        shop.kubectl("delete", "pods", "--all").succeeds();
        shop.awaitJson(
            "deployment",
            "web",
            web -> web.at("/status/readyReplicas").asInt() == web.at("/spec/replicas").asInt());
        assertThat(pods(shop)).isNotEmpty().doesNotContainAnyElementsOf(before);
      }
      // What a watch would have told of these was told before this one.
      stable(shop, "after");

      assertThat(shop.release("shop").at("/metadata/resourceVersion").asText()).isEqualTo(release);
      assertThat(logged(shop)).isEqualTo(logged);
      assertThat(events(shop)).isEqualTo(events);
    }
  }

  private static void stable(TestNamespace shop, String release) {
    shop.apply(Shop.deployment(release, release, "example/shop:1", release));
    shop.awaitCondition(release, "Released", "True");
  }

  private static List<String> logged(TestNamespace shop) {
    return BelayProcess.logged("release " + shop.name() + "/shop: ");
  }

  private static long events(TestNamespace shop) {
    return shop.kubectl("get", "events", "-o", "name", "--field-selector=involvedObject.name=shop")
        .succeeds()
        .out()
        .lines()
        .count();
  }

  private static List<String> pods(TestNamespace shop) {
    return shop.kubectl("get", "pods", "-o", "name").succeeds().out().lines().toList();
  }
}
