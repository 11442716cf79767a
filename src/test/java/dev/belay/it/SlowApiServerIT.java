package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the gate asks is not answered, and the API server waits for the gate. With {@code
 * failurePolicy: Fail} whoever writes sees whether the gate has answered in time.
 */
@Alone
class SlowApiServerIT {

  private static final String BAD =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata:
        name: other
        annotations: {meta.helm.sh/release-name: shop, meta.helm.sh/release-namespace: %s}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        maxReplicas: -10
      """;

  private SlowConnection connection;

  @BeforeEach
  void begin() throws IOException {
    connection = new SlowConnection(BelayProcess.kubeconfig());
    // Whoever is held up must not take itself for one that has lost its Lease.
    BelayProcess.instead(
        Map.of("KUBECONFIG", connection.kubeconfig(), "BELAY_LEASE_DURATION", "60s"));
    failurePolicy("Fail");
  }

  @AfterEach
  void end() throws IOException {
    BelayProcess.shutDown();
    failurePolicy("Ignore");
    connection.close();
  }

  @Test
  void theGateAnswersInTimeWhatItKnows() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      shop.helm(
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-crashes")
          .succeeds();
      // Now it has a lock, so that its Release is read at each write.
      shop.awaitCondition("shop", "RolledBack", "True");
      connection.hold();
      try {
        shop.kubectl("set", "image", "deployment/web", "web=example/shop:9").succeeds();
        assertThat(
                shop.kubectl("create", "-f", TestNamespace.file(BAD.formatted(shop.name())))
                    .fails())
            .contains("early.belay.dev", "maxReplicas is -10");
      } finally {
        connection.release();
      }
      // What could not be put down in time is put down all the same.
      shop.await("shop", status -> status.path("refusals").toString().contains("maxReplicas"));
    }
  }

  private static void failurePolicy(String policy) {
    String patch =
        "[{\"op\": \"replace\", \"path\": \"/webhooks/%d/failurePolicy\", \"value\": \"%s\"}]";
    for (String kind :
        new String[] {"mutatingwebhookconfiguration", "validatingwebhookconfiguration"}) {
      int entries =
          TestNamespace.kubectlAnywhere("get", kind, "belay", "-o", "jsonpath={.webhooks[*].name}")
              .succeeds()
              .out()
              .split(" ")
              .length;
      for (int entry = 0; entry < entries; entry++) {
        TestNamespace.kubectlAnywhere(
                "patch", kind, "belay", "--type=json", "-p", patch.formatted(entry, policy))
            .succeeds();
      }
    }
  }
}
