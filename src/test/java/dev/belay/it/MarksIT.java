package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** Which release an object is in, where what it says of itself is not all there is to know. */
class MarksIT {

  private static final String INSTANCE = "app.kubernetes.io/instance=r";

  @Test
  void aLabelAlonePullsNoWorkloadIntoAReleaseOfHelm() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "r", TestNamespace.SHOP).succeeds();
      shop.awaitStable("r", 1);
      shop.apply(Workloads.deployment("example/shop:1").replace("web", "victim"));
      awaitRevision(shop, "victim", 1);

      shop.kubectl("label", "deployment", "victim", INSTANCE).succeeds();
      awaitRevision(shop, "victim", 2);
      shop.kubectl("set", "image", "deployment/victim", "victim=example/shop-crashes:2").succeeds();
      shop.awaitCondition("victim", "RolledBack", "True");

      JsonNode victim = shop.get("deployment", "victim");
      assertThat(victim.at("/metadata/labels").toString()).contains("instance\":\"r\"");
      assertThat(victim.toString()).contains("example/shop:1");
      assertThat(shop.release("victim").at("/status/failure/sentBy").asText())
          .isEqualTo("kwok-admin");
      assertThat(
              shop.kubectl("set", "image", "deployment/victim", "victim=example/shop-crashes:2")
                  .fails())
          .contains("this change of Deployment/victim is the one that failed");
      assertThat(shop.release("r").at("/status/stable/revision").asInt()).isEqualTo(1);
      assertThat(shop.release("r").at("/status/sent/client").asText()).doesNotContain("kubectl");
    }
  }

  @Test
  void aNewWorkloadWithTheLabelOfAReleaseOfHelmIsAReleaseOfItsOwn() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_3, "install", "r", TestNamespace.SHOP).succeeds();
      shop.awaitStable("r", 1);
      shop.apply(
          Workloads.deployment("example/shop:1")
              .replace("web", "extra")
              .replace("{name: extra}\nspec", "{name: extra, labels: {app: r}}\nspec"));
      awaitRevision(shop, "extra", 1);

      assertThat(
              shop.kubectl("patch", "deployment", "extra", "-p", "{\"spec\":{\"replicas\":-1}}")
                  .fails())
          .contains("replicas");
      shop.await("extra", status -> status.path("refusals").size() == 1);
      assertThat(shop.release("r").at("/status").has("refusals")).isFalse();

      shop.helm(Helm.HELM_3, "upgrade", "r", TestNamespace.SHOP, "--set", "image.tag=2.0")
          .succeeds();
      shop.awaitStable("r", 2);
      shop.kubectl("set", "image", "deployment/extra", "extra=example/shop-crashes:2").succeeds();
      shop.awaitCondition("extra", "RolledBack", "True");
      assertThat(shop.kubectl("get", "releases", "-o", "name").out().lines()).hasSize(2);
      assertThat(shop.release("r").at("/status/stable/revision").asInt()).isEqualTo(2);
    }
  }

  private static void awaitRevision(TestNamespace shop, String release, int revision) {
    shop.await(
        release,
        status ->
            status.at("/stable/revision").asInt() == revision
                && TestNamespace.condition(status, "Released").equals("True"));
  }
}
