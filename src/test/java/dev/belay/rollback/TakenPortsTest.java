package dev.belay.rollback;

import static dev.belay.rollback.Given.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TakenPortsTest {

  private static final String SERVICE =
      "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [%s]}}";

  private static final KubeObject STABLE =
      object(SERVICE.formatted("{port: 80, nodePort: 30080}, {port: 81, nodePort: 30081}"));

  @Test
  void those_are_wanted_that_the_live_service_has_not() {
    KubeObject live = object(SERVICE.formatted("{port: 80, nodePort: 30081}, {port: 9}"));
    assertThat(TakenPorts.wanted(STABLE, live.list("spec", "ports"))).containsExactly(30080);
    assertThat(TakenPorts.wanted(STABLE, List.of())).containsExactly(30080, 30081);
  }

  @Test
  void the_rest_is_restored_with_what_the_server_gives_instead() {
    KubeObject rest = TakenPorts.without(STABLE, Set.of(30080));
    KubeObject live =
        object(SERVICE.formatted("{port: 80, nodePort: 31234}, {port: 81, nodePort: 30081}"));
    assertThat(rest.at("spec"))
        .isEqualTo(object(SERVICE.formatted("{port: 80}, {port: 81, nodePort: 30081}")).at("spec"));
    assertThat(TakenPorts.with(rest, live).at("spec")).isEqualTo(live.at("spec"));
  }

  @Test
  void only_the_allocators_refusal_of_a_service_is_about_them() {
    String refusal =
        "spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated";
    assertThat(TakenPorts.areWhy(STABLE, refusal)).isTrue();
    assertThat(TakenPorts.areWhy(STABLE, "spec.type: Unsupported value")).isFalse();
    assertThat(TakenPorts.areWhy(Given.named("v1", "ConfigMap", "a"), refusal)).isFalse();
  }

  @Test
  void a_claim_that_has_grown_is_said_to_be_kept() {
    String claim =
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data},"
            + " spec: {resources: {requests: {storage: %s}}}}";
    KubeObject small = object(claim.formatted("1Gi"));
    assertThat(GrownClaims.kept(small, small)).isEmpty();
    assertThat(GrownClaims.kept(small, object(claim.formatted("2Gi"))))
        .hasValue(
            "PersistentVolumeClaim/data keeps 2Gi, where it had 1Gi: a claim can't be made smaller");
  }
}
