package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * What only Events tell. A kubelet writes those of Pods, and kwok is none: the test writes them as
 * a kubelet would, about the Pods that are there. Those of claims are the control plane's own.
 */
class EventsIT {

  private static final String PROBE =
      "Liveness probe failed: HTTP probe failed with statuscode: 500";

  @Test
  void theProbeForWhichAContainerIsKilledIsTheCauseAndReported() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      // Time for the Events to be written before the verdict.
      shop.apply(StartRun.policy("all", ""));
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP, "--set", "password=hunter2222")
          .succeeds();
      shop.awaitStable("shop", 1);
      shop.helm(
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--reuse-values",
              "--set",
              "image.name=example/shop-crashes")
          .succeeds();
      JsonNode pod = crashingPod(shop);
      event(shop, pod, "Warning", "Unhealthy", PROBE + ": hunter2222");
      event(
          shop, pod, "Normal", "Killing", "Container web failed liveness probe, will be restarted");

      shop.awaitCondition("shop", "RolledBack", "True");
      JsonNode failure = shop.release("shop").at("/status/failure");
      assertThat(failure.path("reason").asText()).isEqualTo("ProbeFailed");
      assertThat(failure.path("message").asText())
          .isEqualTo(
              "Deployment/web: container web was restarted, since its probe failed: %s: (masked)"
                  .formatted(PROBE));
      String name = pod.at("/metadata/name").asText();
      assertThat(failure.path("events").toString())
          .contains("Pod/" + name + ": Unhealthy (3 times, last at ", PROBE + ": (masked)")
          .contains("Pod/" + name + ": BackOff")
          .doesNotContain("hunter2222", "Killing");
      assertThat(shop.kubectl("describe", "release", "shop").out())
          .contains("Events:\n      Pod/" + name)
          .doesNotContain("hunter2222");
    }
  }

  /** Nobody ever provisions it, and no Pod is waited for. */
  @Test
  void aClaimOfAClassThatDoesNotExistIsNotVerified() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(
          """
          apiVersion: v1
          kind: PersistentVolumeClaim
          metadata: {name: data, labels: {app: web}, annotations: {belay.dev/timeout: 6s}}
          spec:
            storageClassName: missing
            accessModes: [ReadWriteOnce]
            resources: {requests: {storage: 1Gi}}
          ---
          """
              + Workloads.deployment("example/web:1"));
      shop.await("web", status -> TestNamespace.reason(status).equals("NoStableRevision"));

      JsonNode failure = shop.release("web").at("/status/failure");
      String why = "storageclass.storage.k8s.io \"missing\" not found";
      assertThat(failure.path("message").asText())
          .isEqualTo("PersistentVolumeClaim/data: not ready within 6 s: Pending: " + why);
      assertThat(failure.at("/events/0").asText())
          .startsWith("PersistentVolumeClaim/data: ProvisioningFailed ")
          .endsWith(why);
    }
  }

  private static JsonNode crashingPod(TestNamespace shop) {
    Awaitility.await("a Pod that crashes")
        .atMost(TestNamespace.PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> !name(shop).isEmpty());
    return shop.get("pod", name(shop));
  }

  private static String name(TestNamespace shop) {
    return shop.kubectl(
            "get",
            "pods",
            "-o",
            "jsonpath={range .items[?(@.spec.containers[0].image==\"example/shop-crashes:1.0\")]}{.metadata.name} {end}")
        .out()
        .split(" ")[0]
        .strip();
  }

  private static void event(
      TestNamespace shop, JsonNode pod, String type, String reason, String message) {
    String manifest =
        """
        apiVersion: v1
        kind: Event
        metadata: {generateName: '%1$s.'}
        involvedObject:
          {apiVersion: v1, kind: Pod, namespace: %2$s, name: %1$s, uid: %3$s, fieldPath: 'spec.containers{web}'}
        type: %4$s
        reason: %5$s
        message: '%6$s'
        count: 3
        firstTimestamp: %7$s
        lastTimestamp: %7$s
        source: {component: kubelet, host: node-1}
        """
            .formatted(
                pod.at("/metadata/name").asText(),
                shop.name(),
                pod.at("/metadata/uid").asText(),
                type,
                reason,
                message,
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
    shop.kubectl("create", "-f", TestNamespace.file(manifest)).succeeds();
  }
}
