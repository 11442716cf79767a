package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a container that ends again and again tells. It is noon, and the change began at 11:59. */
class CrashLoopTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant BEGUN = NOON.minusSeconds(60);

  private static final String CRASHES =
      "restartCount: 2, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, finishedAt: '2026-01-01T11:59:30Z'}}";

  @Test
  void exits_are_counted() throws Exception {
    assertThat(sign(CRASHES, "")).get().isInstanceOf(Trouble.Exits.class);
  }

  @Test
  void the_exits_of_a_pod_that_is_taken_away_may_pass() throws Exception {
    assertThat(sign(CRASHES, "{type: DisruptionTarget, status: 'True'}"))
        .get()
        .isInstanceOf(Trouble.MayPass.class);
  }

  @Test
  void what_a_node_can_not_start_may_pass() throws Exception {
    String node =
        CRASHES.replace(
            "exitCode: 1",
            "reason: StartError, exitCode: 128, message: 'error running hook #0: exec format error'");
    assertThat(sign(node, "")).get().isInstanceOf(Trouble.MayPass.class);
  }

  @Test
  void what_a_node_has_lost_is_no_trouble() throws Exception {
    assertThat(sign(CRASHES.replace("exitCode: 1", "reason: Unknown, exitCode: 255"), ""))
        .isEmpty();
  }

  private static Optional<Trouble.Sign> sign(String container, String conditions) throws Exception {
    KubeObject workload =
        read("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}");
    KubeObject pod =
        read(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1, namespace: shop, creationTimestamp: '2026-01-01T11:59:01Z'}
            spec: {containers: [{name: web}]}
            status: {phase: Running, conditions: [%s], containerStatuses: [{name: web, %s}]}
            """
                .formatted(conditions, container));
    NewPod newPod = NewPod.of(new Subject(workload, Related.NONE, BEGUN, NOON), pod);
    return CrashLoop.of(newPod, Container.of(pod).getFirst(), List.of(newPod)).map(Trouble::sign);
  }

  private static KubeObject read(String yaml) throws Exception {
    return ManifestReader.read(yaml).getFirst();
  }
}
