package dev.belay.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.belay.manifest.KubeObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecreationTest {

  private static final YAMLMapper YAML = new YAMLMapper();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: ConfigMap, immutable: true}|true",
        "{kind: Secret, immutable: true}|true",
        "{kind: RoleBinding}|true",
        "{kind: Job}|true",
        "{kind: Job, status: {failed: 2}}|true",
        "{kind: Job, status: {active: 1}}|false",
        "{kind: Job, status: {succeeded: 1}}|false",
        "{kind: ConfigMap, metadata: {finalizers: [a]}}|false",
        "{kind: ConfigMap, metadata: {ownerReferences: [{kind: A}]}}|false",
        "{kind: Deployment}|false",
        "{kind: StatefulSet}|false",
        "{kind: Service}|false",
        "{kind: PersistentVolumeClaim}|false",
      })
  void only_what_has_nothing_to_lose_is_made_anew(String live, boolean expected) throws Exception {
    assertThat(Recreation.losesNothing(KubeObject.of(YAML.readTree(live)))).isEqualTo(expected);
  }
}
