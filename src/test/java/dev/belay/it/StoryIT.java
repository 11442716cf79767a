package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The story that the demo tells, sentence by sentence, with both Helms. */
class StoryIT {

  private static final String CAUSE =
      "Deployment/web: container web exited 3: cannot connect to db";

  @ParameterizedTest
  @EnumSource(Helm.class)
  void aBadReleaseIsRefusedAndACrashingOneIsRolledBack(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(helm, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);

      shop.helm(helm, "upgrade", "shop", TestNamespace.SHOP, "--set", "image.tag=2.0").succeeds();
      shop.awaitStable("shop", 2);
      Map<String, KubeObject> good = five(shop);

      refusedWithNothingChanged(helm, shop, good);
      rolledBack(helm, shop, good);

      shop.helm(helm, "upgrade", "shop", TestNamespace.SHOP, "--set", "image.tag=3.1").succeeds();
      shop.awaitStable("shop", 5);
      assertThat(
              shop.get("deployment", "web").at("/spec/template/spec/containers/0/image").asText())
          .isEqualTo("example/shop:3.1");
    }
  }

  private static void refusedWithNothingChanged(
      Helm helm, TestNamespace shop, Map<String, KubeObject> good) {
    List<String> history = shop.history(helm, "shop");
    String said =
        shop.helm(
                helm,
                "upgrade",
                "shop",
                TestNamespace.SHOP,
                "--set",
                "image.tag=3.0,hpa.target=-10")
            .fails();

    assertThat(said)
        .contains("HorizontalPodAutoscaler/web")
        .contains("spec.metrics[0].resource.target.averageUtilization is -10")
        .contains("Set it to");
    assertThat(shop.history(helm, "shop")).isEqualTo(history);
    Map<String, KubeObject> after = five(shop);
    Sameness.assertSame(good, after);
    good.forEach(
        (name, object) ->
            assertThat(Sameness.written(after.get(name)))
                .as("when %s was written", name)
                .isEqualTo(Sameness.written(object)));
  }

  private static void rolledBack(Helm helm, TestNamespace shop, Map<String, KubeObject> good) {
    shop.helm(
            helm,
            "upgrade",
            "shop",
            TestNamespace.SHOP,
            "--set",
            "image.name=example/shop-crashes,image.tag=3.0,greeting=Hello,password=changed,"
                + "service.port=8080,hpa.max=9")
        .succeeds();
    shop.awaitCondition("shop", "RolledBack", "True");

    Sameness.assertSame(good, five(shop));
    assertThat(shop.history(helm, "shop"))
        .endsWith("3 failed " + CAUSE, "4 deployed Rollback to 2: " + CAUSE);
    JsonNode failure = shop.release("shop").path("status").path("failure");
    assertThat(failure.path("reason").asText()).isEqualTo("CrashLoop");
    assertThat(failure.path("message").asText()).isEqualTo(CAUSE);
    assertThat(failure.path("exitCode").asInt()).isEqualTo(3);
    assertThat(failure.path("log").toString()).contains("cannot connect to db");
    assertThat(failure.path("changes").toString())
        .contains("ConfigMap/web: data.GREETING: Welcome → Hello")
        .contains("Secret/web: data.PASSWORD: (masked) → (masked)")
        .doesNotContain("changed\"");
    // Who, since when, and what now: all of it in one place.
    assertThat(failure.path("sentBy").asText()).isNotEmpty();
    assertThat(failure.path("sentAt").asText()).isLessThan(failure.path("detectedAt").asText());
    assertThat(shop.kubectl("describe", "release", "shop").out())
        .contains("Next Step:")
        .contains("belay.dev/retry")
        .doesNotContain("Exit Code:      -1");
    assertThat(shop.kubectl("get", "events", "-o", "jsonpath={.items[*].reason}").out())
        .contains("RollingBack")
        .contains("RolledBack");
    assertThat(shop.kubectl("get", "releases").out()).contains("True").contains("RolledBack");
  }

  private static Map<String, KubeObject> five(TestNamespace shop) {
    Map<String, KubeObject> objects =
        shop.objects("deployments,services,configmaps,secrets,horizontalpodautoscalers");
    objects.keySet().removeIf(name -> !name.endsWith("/web"));
    assertThat(objects).hasSize(5);
    return objects;
  }
}
