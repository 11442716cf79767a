package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What can't be put back by a write alone. */
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
      // Or the deletion is a change of its own, and healthy, where the upgrade comes late.
      shop.apply(
          "{apiVersion: belay.dev/v1alpha1, kind: ReleasePolicy, metadata: {name: all}, spec: {quiet: 2m}}");
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
                      .contains("waits for its finalizers example.com/hold"));
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

  @Test
  void aNodePortThatAnotherServiceHasTakenIsNamedAndAllElseIsRestored() {
    String service =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: %s}
        spec: {type: NodePort, selector: {app: web}, ports: [{port: %s, nodePort: %s}]}
        """;
    String chart =
        Chart.of(
            TEMPLATE
                + "---\n"
                + service.formatted("web", "{{ .Values.port }}", "{{ .Values.nodePort }}"));
    int before = FreeNumbers.nodePort();
    int after = FreeNumbers.nodePort();
    try (TestNamespace shop = TestNamespace.enforced();
        TestNamespace other = TestNamespace.unlabelled()) {
      String values = "a=first,held=,image=example/%s,port=%d,nodePort=%d";
      helm(shop, "install", chart, values.formatted("shop:1", 80, before)).succeeds();
      shop.awaitStable("shop", 1);
      helm(shop, "upgrade", chart, values.formatted("shop-never-ready:2", 81, after)).succeeds();
      other.apply(service.formatted("thief", "80", before));
      shop.kubectl("set", "image", "deployment/web", "web=example/shop-crashes:2").succeeds();
      shop.await("shop", status -> TestNamespace.reason(status).equals("RollbackFailed"));
      assertThat(TestNamespace.message(shop.release("shop").path("status")))
          .contains(
              "Service/web: node port %d is Service %s/thief's by now; the rest of it is restored"
                  .formatted(before, other.name()));
      assertThat(shop.get("service", "web").at("/spec/ports/0/port").asInt()).isEqualTo(80);
      assertThat(shop.get("deployment", "web").toString()).contains("example/shop:1");
    }
  }

  @Test
  void aClaimThatTheFailedChangeHasGrownStaysAsLargeAndThatIsSaid() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String cluster =
          """
          apiVersion: storage.k8s.io/v1
          kind: StorageClass
          metadata: {name: %1$s}
          provisioner: example.com/none
          allowVolumeExpansion: true
          ---
          apiVersion: v1
          kind: PersistentVolume
          metadata: {name: %1$s}
          spec:
            storageClassName: %1$s
            capacity: {storage: 1Gi}
            accessModes: [ReadWriteOnce]
            hostPath: {path: /nowhere}
          """
              .formatted(shop.name());
      String chart =
          Chart.of(
              TEMPLATE
                  + """
                  ---
                  apiVersion: v1
                  kind: PersistentVolumeClaim
                  metadata: {name: data}
                  spec:
                    storageClassName: %s
                    accessModes: [ReadWriteOnce]
                    resources: {requests: {storage: {{ .Values.size }}}}
                  """
                      .formatted(shop.name()));
      String file = TestNamespace.file(cluster);
      TestNamespace.kubectlAnywhere("apply", "-f", file).succeeds();
      try {
        helm(shop, "install", chart, "a=b,held=,image=example/shop:1,size=1Gi").succeeds();
        shop.awaitStable("shop", 1);
        helm(shop, "upgrade", chart, "a=b,held=,image=example/shop-crashes:2,size=2Gi").succeeds();
        shop.awaitCondition("shop", "RolledBack", "True");
        assertThat(TestNamespace.message(shop.release("shop").path("status")))
            .contains(
                "PersistentVolumeClaim/data keeps 2Gi, where it had 1Gi: a claim can't be made smaller");
        assertThat(shop.get("deployment", "web").toString()).contains("example/shop:1");
      } finally {
        TestNamespace.kubectlAnywhere("delete", "--wait=false", "-f", file).succeeds();
      }
    }
  }

  private static Command helm(TestNamespace shop, String verb, String chart, String values) {
    return shop.helm(Helm.HELM_4, verb, "shop", chart, "--set", values);
  }
}
