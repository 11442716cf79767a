package dev.belay.rollback;

import static dev.belay.rollback.Given.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import org.junit.jupiter.api.Test;

class TakenAddressTest {

  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata:
        name: web
        managedFields: [{manager: helm, fieldsV1: {"f:spec": {"f:ports": {}%s}}}]
      spec: {clusterIP: 10.0.0.39, clusterIPs: [10.0.0.39], ports: [{port: 80}]}
      """;

  private static final KubeObject GIVEN = object(SERVICE.formatted(""));

  private static final String REFUSAL =
      "Service \"web\" is invalid: spec.clusterIPs: Invalid value: [\"10.0.0.39\"]:"
          + " failed to allocate IP 10.0.0.39: provided IP is already allocated";

  @Test
  void an_address_that_was_handed_out_may_be_another_one() {
    assertThat(TakenAddress.isWhy(GIVEN, REFUSAL)).isTrue();
    assertThat(TakenAddress.without(GIVEN).at("spec"))
        .isEqualTo(
            object("{apiVersion: v1, kind: Service, spec: {ports: [{port: 80}]}}").at("spec"));
  }

  @Test
  void an_address_that_somebody_asked_for_may_not() {
    KubeObject asked = object(SERVICE.formatted(", \"f:clusterIP\": {}"));
    assertThat(TakenAddress.isWhy(asked, REFUSAL)).isFalse();
  }

  @Test
  void only_the_allocators_refusal_of_a_service_is_about_it() {
    assertThat(TakenAddress.isWhy(GIVEN, "spec.type: Unsupported value")).isFalse();
    assertThat(TakenAddress.isWhy(TakenAddress.without(GIVEN), REFUSAL)).isFalse();
    assertThat(TakenAddress.isWhy(Given.named("v1", "ConfigMap", "a"), REFUSAL)).isFalse();
  }
}
