package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import dev.belay.manifest.ObjectKey;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Why containers can't be made, as kubelets and runtimes say it, and how certain that is. */
class ContainerStartTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "container has runAsNonRoot and image will run as root (pod: \"web_shop(1)\", container: web)",
        "container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root (pod: \"web_shop(1)\", container: web)",
      })
  void an_image_that_runs_as_root_is_certain(String said) throws Exception {
    assertThat(sign("CreateContainerConfigError", said)).isInstanceOf(Trouble.Certain.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PostStartHookError", "PreStartHookError", "PreCreateHookError"})
  void a_hook_of_the_pod_has_patience(String reason) throws Exception {
    assertThat(sign(reason, "Exec lifecycle hook ([/bin/warm]) failed: exited with 1"))
        .isInstanceOf(Trouble.NotStarted.class);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "secret \"db\" not found, Secret, db, ~~",
        "configmap \"cfg\" not found, ConfigMap, cfg, ~~",
        "couldn't find key k in Secret shop/db, Secret, db, k",
        "couldn't find key k in ConfigMap shop/cfg, ConfigMap, cfg, k",
      })
  void what_is_missing_is_named(String said, String kind, String name, String key)
      throws Exception {
    assertThat(sign("CreateContainerConfigError", said))
        .isEqualTo(new Trouble.Missing(new ObjectKey("", kind, "shop", name), key));
  }

  @ParameterizedTest
  @CsvSource({
    "CreateContainerConfigError, failed to sync secret cache: timed out waiting for the condition",
    "CreateContainerConfigError, services have not yet been read at least once; cannot construct envvars",
    "CreateContainerError, context deadline exceeded",
    "CreateContainerError, container create failed: error running hook #0: no such file or directory",
    "RunContainerError, failed to create containerd task: failed to start shim: permission denied",
  })
  void what_a_node_says_of_itself_may_pass(String reason, String said) throws Exception {
    assertThat(sign(reason, said)).isInstanceOf(Trouble.MayPass.class);
  }

  @ParameterizedTest
  @CsvSource({
    "CreateContainerError, container create failed: executable file `x` not found in $PATH",
    "CreateContainerError, failed to generate container \"1\" spec: failed to generate spec: no command specified",
  })
  void a_command_that_is_not_there_has_patience(String reason, String said) throws Exception {
    assertThat(sign(reason, said)).isInstanceOf(Trouble.NotStarted.class);
  }

  private static Trouble.Sign sign(String reason, String said) throws Exception {
    KubeObject workload =
        read("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}");
    KubeObject pod =
        read(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: web-1, namespace: shop}
            spec: {containers: [{name: web}]}
            status:
              phase: Pending
              containerStatuses:
              - {name: web, state: {waiting: {reason: %s, message: '%s'}}}
            """
                .formatted(reason, said.replace("'", "''")));
    NewPod newPod =
        NewPod.of(new Subject(workload, Related.NONE, NOON.minusSeconds(60), NOON), pod);
    return ContainerStart.of(newPod, Container.of(pod).getFirst()).orElseThrow().sign();
  }

  private static KubeObject read(String yaml) throws Exception {
    return ManifestReader.read(yaml).getFirst();
  }
}
