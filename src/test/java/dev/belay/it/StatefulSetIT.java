package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A StatefulSet does not leave a failed revision by itself when its template is restored. */
class StatefulSetIT {

  private static final String DB =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: db}
      spec: {clusterIP: None, selector: {app: db}, ports: [{port: 80}]}
      ---
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: {name: db}
      spec:
        replicas: 3
        podManagementPolicy: %s
        serviceName: db
        selector: {matchLabels: {app: db}}
        template:
          metadata: {labels: {app: db}}
          spec: {containers: [{name: db, image: "example/db:1"}]}
      """;

  @ParameterizedTest
  @ValueSource(strings = {"OrderedReady", "Parallel"})
  void podsThatAreStuckInTheFailedRevisionAreMadeAnew(String policy) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String good = DB.formatted(policy);
      shop.helm(Helm.HELM_4, "install", "db", Chart.of(good)).succeeds();
      shop.awaitStable("db", 1);
      String survivor = shop.get("pod", "db-0").at("/metadata/uid").asText();

      String bad = good.replace("example/db:1", "example/db-crashes:2");
      shop.helm(Helm.HELM_4, "upgrade", "db", Chart.of(bad)).succeeds();
      shop.awaitCondition("db", "RolledBack", "True");

      for (String pod : new String[] {"db-0", "db-1", "db-2"}) {
        assertThat(shop.get("pod", pod).at("/spec/containers/0/image").asText())
            .as(pod)
            .isEqualTo("example/db:1");
      }
      assertThat(shop.get("pod", "db-0").at("/metadata/uid").asText())
          .as("a Pod that never changed is not touched")
          .isEqualTo(survivor);
      if (policy.equals("OrderedReady")) {
        assertThat(shop.kubectl("describe", "release", "db").succeeds().out())
            .contains("Pod/db-2 of StatefulSet/db was stuck in the failed revision");
      }
    }
  }
}
