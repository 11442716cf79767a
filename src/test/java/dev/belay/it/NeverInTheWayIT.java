package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is never asked about, and what becomes of writes when no gate answers. */
class NeverInTheWayIT {

  private static final String BAD =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: web, labels: {app: shop}}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        maxReplicas: -10
      """;

  @AfterEach
  void ignored() {
    failurePolicy("Ignore");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "system:kube-controller-manager",
        "system:serviceaccount:kube-system:cronjob-controller",
        "system:node:node-1",
        "system:serviceaccount:belay-system:belay",
      })
  void whatTheControlPlaneAndBelayWriteIsTheirOwnBusiness(String user) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      assertThat(create(shop, BAD, "--as", user, "--as-group", "system:masters"))
          .contains("must be greater than or equal to 1")
          .doesNotContain("elay.dev");
      assertThat(create(shop, BAD, "--as", "somebody", "--as-group", "system:masters"))
          .contains("early.belay.dev");
    }
  }

  @Test
  void whatAControllerMakesForAnotherObjectIsThatObjectsBusiness() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String owned =
          BAD.replace(
              "labels: {app: shop}",
              "ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: a, uid: b, controller: true}]");
      assertThat(create(shop, owned))
          .contains("must be greater than or equal to 1")
          .doesNotContain("elay.dev");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"belay-system", "kube-system", "default"})
  void namespacesOfTheSystemAndThoseWithoutALabelAreLeftAlone(String name) {
    TestNamespace.unlabelled().close(); // so that Belay runs
    TestNamespace namespace = new TestNamespace(name);
    if (!name.equals("default")) {
      namespace.mode("enforce");
    }
    try {
      assertThat(create(namespace, BAD))
          .contains("must be greater than or equal to 1")
          .doesNotContain("elay.dev");
    } finally {
      TestNamespace.kubectlAnywhere("label", "namespace", name, "belay.dev/mode-").succeeds();
    }
  }

  @Test
  @Alone
  void withoutAGateWritesGoOnAndByChoiceTheyDoNot() {
    try (TestNamespace shop = TestNamespace.enforced();
        TestNamespace unlabelled = TestNamespace.unlabelled()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      BelayProcess.shutDown();
      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", "greeting=Hi")
          .succeeds();

      failurePolicy("Fail");
      assertThat(shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP).fails())
          .contains("failed calling webhook \"preflight.belay.dev\"");
      unlabelled.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.kubectl("scale", "deployment", "web", "--replicas=1").succeeds();
      // Belay starts, leads and makes revisions with no gate to ask.
      BelayProcess.running();
      shop.awaitStable("shop", 2);
      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP).succeeds();
    }
  }

  private static void failurePolicy(String policy) {
    TestNamespace.kubectlAnywhere(
            "patch",
            "validatingwebhookconfiguration",
            "belay",
            "--type=json",
            "-p",
            "[{\"op\": \"replace\", \"path\": \"/webhooks/0/failurePolicy\", \"value\": \"%s\"}]"
                .formatted(policy))
        .succeeds();
  }

  private static String create(TestNamespace namespace, String object, String... as) {
    List<String> words = new ArrayList<>(List.of("create", "-f", TestNamespace.file(object)));
    words.addAll(Arrays.asList(as));
    return namespace.kubectl(words.toArray(String[]::new)).fails();
  }
}
