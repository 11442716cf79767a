package dev.belay.it;

import java.time.Duration;
import org.awaitility.Awaitility;

/** Nodes of a test's own, on which nothing runs that does not ask for them. */
final class SimulatedNodes {

  private SimulatedNodes() {}

  /**
   * Adds that many, with the names {@code NAMESPACE-n1} and so on, and waits until they are Ready.
   */
  static void add(TestNamespace namespace, int count) {
    StringBuilder nodes = new StringBuilder();
    for (int n = 1; n <= count; n++) {
      nodes.append(
          """
          ---
          apiVersion: v1
          kind: Node
          metadata:
            name: %1$s-n%2$d
            labels: {kubernetes.io/hostname: %1$s-n%2$d, kubernetes.io/os: linux, %1$s: "yes"}
            annotations: {kwok.x-k8s.io/node: fake}
          spec: {taints: [{key: %1$s, effect: NoSchedule}]}
          """
              .formatted(namespace.name(), n));
    }
    TestNamespace.kubectlAnywhere("create", "-f", TestNamespace.file(nodes.toString())).succeeds();
    TestNamespace.kubectlAnywhere(
            "wait",
            "node",
            "--for=condition=Ready",
            "--selector=" + namespace.name() + "=yes",
            "--timeout=30s")
        .succeeds();
  }

  /** Loses a node, as the control plane sees it: its kubelet says nothing any more. */
  static void lose(TestNamespace namespace, int n) {
    String node = namespace.name() + "-n" + n;
    TestNamespace.kubectlAnywhere("annotate", "node", node, "kubelet.test/gone=yes").succeeds();
    TestNamespace.kubectlAnywhere(
            "patch",
            "node",
            node,
            "--subresource=status",
            "-p",
            "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"Unknown\","
                + "\"reason\":\"NodeStatusUnknown\",\"message\":\"Kubelet stopped posting node status.\"}]}}")
        .succeeds();
  }

  /** Removes them, when the namespace and with it the Pods on them have gone. */
  static void remove(TestNamespace namespace) {
    Awaitility.await(namespace.name() + " has gone")
        .atMost(TestNamespace.PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> Looks.object("", "namespaces", namespace.name()).isEmpty());
    TestNamespace.kubectlAnywhere("delete", "nodes", "--selector=" + namespace.name() + "=yes")
        .succeeds();
  }
}
