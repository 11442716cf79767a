package dev.belay.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectDigestTest {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String WEB =
      "{kind: Deployment, metadata: {name: web}, spec: {replicas: 2, template: {a: [1, 'x']}}}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{metadata: {name: web}, kind: Deployment, spec: {template: {a: [1, 'x']}, replicas: 2}}",
        "{kind: Deployment, metadata: {name: web}, spec: {replicas: 9, template: {a: [1, 'x']}}}",
        "{kind: Deployment, metadata: {name: web, uid: u, generation: 4, managedFields: [{a: b}],"
            + " resourceVersion: '1'}, spec: {template: {a: [1, 'x']}}, status: {replicas: 1}}",
        "{kind: Deployment, metadata: {name: web, finalizers: [a/b], ownerReferences: [{uid: u}]},"
            + " spec: {template: {a: [1, 'x']}}}",
      })
  void it_is_the_same_whatever_the_server_and_the_autoscaler_keep_in_it(String same)
      throws Exception {
    assertThat(digest(same)).isEqualTo(digest(WEB));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{kind: Deployment, metadata: {name: web}, spec: {replicas: 2, template: {a: ['1', 'x']}}}",
        "{kind: Deployment, metadata: {name: web}, spec: {replicas: 2, template: {a: ['x', 1]}}}",
        "{kind: Deployment, metadata: {name: web}, spec: {template: {a: [1, 'x'], replicas: 2}}}",
        "{kind: Deployment, metadata: {name: web, labels: {a: b}}, spec: {template: {a: [1, 'x']}}}",
      })
  void it_differs_with_what_somebody_wants(String other) throws Exception {
    assertThat(digest(other)).isNotEqualTo(digest(WEB));
  }

  private static String digest(String yaml) throws Exception {
    return ObjectDigest.of(KubeObject.of(YAML.readTree(yaml)));
  }
}
