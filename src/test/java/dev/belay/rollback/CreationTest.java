package dev.belay.rollback;

import static dev.belay.rollback.Given.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import org.junit.jupiter.api.Test;

/** What is made anew brings nothing that others write into each anew. */
class CreationTest {

  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: alone
        managedFields: [{manager: helm, fieldsV1: {"f:spec": {"f:containers": {}%s}}}]
      spec: {nodeName: node-1, containers: [{name: a}], ephemeralContainers: [{name: debug}]}
      """;

  @Test
  void a_pod_is_scheduled_anew_where_nobody_asked_for_its_node() {
    KubeObject scheduled = object(POD.formatted(""));
    KubeObject made = Restoration.creation(scheduled);
    assertThat(made.at("spec"))
        .isEqualTo(
            object("{apiVersion: v1, kind: Pod, spec: {containers: [{name: a}]}}").at("spec"));
    assertThat(Restoration.sameContent(scheduled, made)).isTrue();
    KubeObject asked = Restoration.creation(object(POD.formatted(", \"f:nodeName\": {}")));
    assertThat(asked.text("", "spec", "nodeName")).isEqualTo("node-1");
  }

  @Test
  void a_token_is_filled_in_for_its_account_as_it_is_now() {
    String secret =
        """
        apiVersion: v1
        kind: Secret
        type: %s
        metadata:
          name: token
          annotations: {kubernetes.io/service-account.name: robot, kubernetes.io/service-account.uid: %s}
        data: {token: %s}
        """;
    String type = "kubernetes.io/service-account-token";
    KubeObject old = object(secret.formatted(type, "uid-1", "b2xk"));
    KubeObject made = Restoration.creation(old);
    assertThat(made.annotations()).containsOnlyKeys("kubernetes.io/service-account.name");
    assertThat(made.at("data").isMissingNode()).isTrue();
    KubeObject filled = object(secret.formatted(type, "uid-2", "bmV3"));
    assertThat(Restoration.sameContent(old, filled)).isTrue();
    KubeObject opaque = object(secret.formatted("Opaque", "uid-1", "b2xk"));
    assertThat(Restoration.creation(opaque).at("data", "token").asText()).isEqualTo("b2xk");
  }
}
