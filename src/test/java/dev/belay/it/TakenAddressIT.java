package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A Service that a failed upgrade has deleted, whose address another one was given meanwhile. */
class TakenAddressIT {

  private static final String CHART =
      Chart.of(
          Workloads.deployment("example/{{ .Values.image }}")
              + """
              {{- if .Values.api }}
              ---
              apiVersion: v1
              kind: Service
              metadata: {name: api}
              spec:
                {{- if ne .Values.api "any" }}
                clusterIP: {{ .Values.api }}
                {{- end }}
                selector: {app: web}
                ports: [{port: 80}]
              {{- end }}
              """);

  @ParameterizedTest
  @EnumSource(Helm.class)
  void oneThatNobodyAskedForIsAnotherOneThen(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced();
        TestNamespace other = TestNamespace.unlabelled()) {
      String before = upgradedWithout(shop, other, helm, "any");
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.get("service", "api").at("/spec/clusterIP").asText())
          .matches("[0-9.]+")
          .isNotEqualTo(before);
      assertThat(shop.kubectl("get", "events", "-o", "yaml").out())
          .contains("Service/api: its address in the cluster, spec.clusterIP " + before);
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void oneThatTheChartNamesIsNotReplaced(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced();
        TestNamespace other = TestNamespace.unlabelled()) {
      String address = FreeNumbers.address();
      upgradedWithout(shop, other, helm, address);
      shop.await("shop", status -> TestNamespace.reason(status).equals("RollbackFailed"));
      assertThat(TestNamespace.message(shop.release("shop").path("status")))
          .contains("Service/api", address, "provided IP is already allocated");
      assertThat(shop.get("deployment", "web").toString()).contains("example/shop:1");
    }
  }

  /** Fails once another Service has the address, which is returned. */
  private static String upgradedWithout(
      TestNamespace shop, TestNamespace other, Helm helm, String api) {
    shop.helm(helm, "install", "shop", CHART, "--set", "image=shop:1,api=" + api).succeeds();
    shop.awaitStable("shop", 1);
    String address = shop.get("service", "api").at("/spec/clusterIP").asText();
    shop.helm(helm, "upgrade", "shop", CHART, "--set", "image=shop-never-ready:2,api=").succeeds();
    other.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: thief}
        spec: {clusterIP: %s, ports: [{port: 80}]}
        """
            .formatted(address));
    shop.kubectl("set", "image", "deployment/web", "web=example/shop-crashes:2").succeeds();
    return address;
  }
}
