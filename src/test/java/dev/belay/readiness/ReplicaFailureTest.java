package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who refuses Pods, and how certain that is. Texts are those of Kubernetes 1.37. */
class ReplicaFailureTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pods \"web-5d4f9-abcde\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false (container \"web\" must set securityContext.allowPrivilegeEscalation=false)",
        "Pod \"web-5d4f9-abcde\" is invalid: spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1",
      })
  void the_api_server_says_the_same_again(String said) {
    assertThat(sign(said)).isInstanceOf(Trouble.Certain.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "admission webhook \"images.example.com\" denied the request: image is invalid: no signature",
        "admission webhook \"psa.example.com\" denied the request: violates PodSecurity \"restricted\"",
        "admission webhook \"validate.kyverno.svc-fail\" denied the request: Pod \"web\" is invalid: no owner",
        "pods \"web-5d4f9-abcde\" is forbidden: ValidatingAdmissionPolicy 'owner' with binding 'all' denied request: label owner is invalid: empty",
        "pods \"web-5d4f9-abcde\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi",
      })
  void who_answers_may_answer_otherwise(String said) {
    assertThat(sign(said)).isInstanceOf(Trouble.Denied.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Internal error occurred: failed calling webhook \"inject.example.com\": failed to call webhook: Post \"https://inject.mesh.svc:443/mutate\": dial tcp 10.0.0.1:443: connect: connection refused",
        "Internal error occurred: failed calling webhook \"inject.example.com\": received invalid webhook response: Pod \"web\" is invalid: ",
        "Internal error occurred: failed calling webhook \"inject.example.com\": failed to call webhook: Post \"https://inject.mesh.svc:443/mutate\": no endpoints available for service \"inject\"",
        "pods \"web-5d4f9-\" is forbidden: error looking up service account shop/web: serviceaccount \"web\" not found",
        "pods \"web-5d4f9-\" is forbidden: no PriorityClass with name high was found",
        "pods \"web-5d4f9-\" is forbidden: pod rejected: RuntimeClass \"kata\" not found",
      })
  void what_is_not_there_may_come(String said) {
    assertThat(sign(said)).isInstanceOf(Trouble.MayPass.class);
  }

  @Test
  void nothing_is_wrong_without_the_condition() {
    assertThat(ReplicaFailure.of(subject(), set("", "False"))).isEmpty();
  }

  private static Trouble.Sign sign(String said) {
    return ReplicaFailure.of(subject(), set(said, "True")).orElseThrow().sign();
  }

  private static Subject subject() {
    return new Subject(set("", "False"), Related.NONE, NOON.minusSeconds(60), NOON);
  }

  private static KubeObject set(String said, String status) {
    ObjectNode set = JsonNodeFactory.instance.objectNode();
    set.put("apiVersion", "apps/v1").put("kind", "ReplicaSet");
    set.putObject("metadata").put("name", "web").put("namespace", "shop");
    set.putObject("status")
        .putArray("conditions")
        .addObject()
        .put("type", "ReplicaFailure")
        .put("status", status)
        .put("reason", "FailedCreate")
        .put("lastTransitionTime", "2026-01-01T11:59:40Z")
        .put("message", said);
    return KubeObject.of(set);
  }
}
