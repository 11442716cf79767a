package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A custom resource is as ready as its controller says, in the words of kstatus. */
class CustomResourceIT {

  private static final String GROUP =
      "status-%d.example.com".formatted(ProcessHandle.current().pid());

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: widgets.%1$s}
      spec:
        group: %1$s
        scope: Namespaced
        names: {kind: Widget, plural: widgets}
        versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec: {type: object, properties: {size: {type: integer}}}
                  status: {type: object, x-kubernetes-preserve-unknown-fields: true}
      """
          .formatted(GROUP);

  @Test
  void itsControllerSaysWhetherItIsReady() {
    String chart =
        Chart.of(
            """
            apiVersion: %s/v1
            kind: Widget
            metadata: {name: w}
            spec: {size: {{ .Values.size }}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: w}, data: {size: "{{ .Values.size }}"}}
            """
                .formatted(GROUP));
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(DEFINITION);
      TestNamespace.awaitEstablished("widgets." + GROUP);
      try {
        shop.helm(Helm.HELM_4, "install", "w", chart, "--set", "size=1").succeeds();
        says(shop, 1, "{type: Ready, status: 'False', reason: Making, message: half of it}");
        shop.await(
            "w",
            status -> TestNamespace.message(status).contains("Widget/w: Not ready: half of it"));
        says(shop, 1, "{type: Ready, status: 'True', reason: Made, message: ''}");
        shop.awaitStable("w", 1);

        // Its controller has yet to see the change, and then gives it up.
        shop.helm(Helm.HELM_4, "upgrade", "w", chart, "--set", "size=2").succeeds();
        shop.await(
            "w",
            status ->
                TestNamespace.message(status)
                    .contains("Widget/w: Generation 2 is not seen by its controller yet"));
        says(shop, 2, "{type: Stalled, status: 'True', reason: Broken, message: no such size}");
        shop.awaitJson("widgets." + GROUP, "w", widget -> widget.at("/spec/size").asInt() == 1);
        says(shop, 3, "{type: Ready, status: 'True', reason: Made, message: ''}");
        shop.awaitCondition("w", "RolledBack", "True");
        assertThat(shop.release("w").at("/status/failure/message").asText())
            .isEqualTo("Widget/w: Stalled: no such size");
        assertThat(shop.get("configmap", "w").at("/data/size").asText()).isEqualTo("1");
      } finally {
        shop.kubectl("delete", "crd", "widgets." + GROUP).succeeds();
      }
    }
  }

  /** As its controller would write it. */
  private static void says(TestNamespace shop, int observed, String condition) {
    shop.kubectl(
            "patch",
            "widgets." + GROUP,
            "w",
            "--subresource=status",
            "--type=merge",
            "-p",
            "status: {observedGeneration: %d, conditions: [%s]}".formatted(observed, condition))
        .succeeds();
  }
}
