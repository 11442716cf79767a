package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What can't be put back by a write alone. */
@SharesBelay
class HardRestoresIT {

  private static final String TEMPLATE =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: fixed}
      immutable: true
      data: {a: {{ .Values.a | quote }}}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec: {containers: [{name: web, image: {{ .Values.image }}}]}
      {{- if .Values.held }}
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: held, finalizers: [example.com/hold]}
      {{- end }}
      """;

  @Test
  void anImmutableObjectThatWasMadeAnewIsMadeAnewAsItWas() {
    String chart = Chart.of(TEMPLATE);
    try (TestNamespace shop = TestNamespace.enforced()) {
      helm(shop, "install", chart, "a=first,image=example/shop:1,held=").succeeds();
      shop.awaitStable("shop", 1);
      shop.kubectl("delete", "configmap", "fixed").succeeds();
      helm(shop, "upgrade", chart, "a=second,image=example/shop-crashes:2,held=").succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.get("configmap", "fixed").at("/data/a").asText()).isEqualTo("first");
      helm(shop, "upgrade", chart, "a=first,image=example/shop:2,held=").succeeds();
      shop.awaitStable("shop", 4);
    }
  }

  @Test
  void whatAFinalizerHoldsIsWaitedForAndNamedAndItsFinalizerStays() {
    String chart = Chart.of(TEMPLATE);
    try (TestNamespace shop = TestNamespace.enforced()) {
      helm(shop, "install", chart, "a=first,image=example/shop:1,held=").succeeds();
      shop.awaitStable("shop", 1);
      helm(shop, "upgrade", chart, "a=first,image=example/shop-crashes:2,held=yes").succeeds();
      shop.await(
          "shop",
          status ->
              TestNamespace.message(status).contains("ConfigMap/held: is being deleted since")
                  && TestNamespace.message(status)
                      .contains("waits for its finalizers [example.com/hold]"));
      assertThat(TestNamespace.condition(shop.release("shop").path("status"), "RolledBack"))
          .isEqualTo("Unknown");
      shop.kubectl(
              "patch",
              "configmap",
              "held",
              "--type=merge",
              "-p",
              "{\"metadata\":{\"finalizers\":null}}")
          .succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.exists("configmap", "held")).isFalse();
    }
  }

  private static Command helm(TestNamespace shop, String verb, String chart, String values) {
    return shop.helm(Helm.HELM_4, verb, "shop", chart, "--set", values);
  }
}
