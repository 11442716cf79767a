package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StalledConditionTest {

  private static final Instant AT = Instant.parse("2026-01-01T12:00:00.123Z");

  @Test
  void it_is_set_beside_the_controllers_conditions_and_taken_away_again() throws Exception {
    KubeObject web = web("{type: Available, status: \"False\"}");
    KubeObject told = StalledCondition.with(web, "CrashLoop", "container web exited 3", AT);

    assertThat(told.list("status", "conditions")).hasSize(2);
    assertThat(told.condition("Stalled").toString())
        .isEqualTo(
            "{\"type\":\"Stalled\",\"status\":\"True\",\"reason\":\"BelayCrashLoop\","
                + "\"message\":\"container web exited 3\","
                + "\"lastTransitionTime\":\"2026-01-01T12:00:00Z\"}");
    assertThat(StalledCondition.isOwn(told)).isTrue();
    assertThat(StalledCondition.without(told)).isEqualTo(web);
  }

  @Test
  void it_is_there_once_however_often_it_is_set() throws Exception {
    KubeObject once = StalledCondition.with(web(""), "CrashLoop", "a", AT);
    KubeObject twice = StalledCondition.with(once, "CrashLoop", "b", AT);
    assertThat(twice.list("status", "conditions")).hasSize(1);
    assertThat(twice.condition("Stalled").path("message").asText()).isEqualTo("b");
  }

  @Test
  void somebody_elses_is_known_and_stays() throws Exception {
    KubeObject web = web("{type: Stalled, status: \"True\", reason: NoQuota}");
    assertThat(StalledCondition.isOwn(web)).isFalse();
    assertThat(StalledCondition.isForeign(web)).isTrue();
    assertThat(StalledCondition.without(web)).isEqualTo(web);
    assertThat(StalledCondition.isForeign(web(""))).isFalse();
  }

  @Test
  void it_is_no_evidence_of_a_failure() throws Exception {
    KubeObject claim =
        ManifestReader.read(
                "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, status: {phase: Bound}}")
            .getFirst();
    KubeObject told = StalledCondition.with(claim, "ReleaseFailed", "m", AT);
    assertThat(Assess.of(told, Related.NONE, Instant.EPOCH, AT)).isInstanceOf(Current.class);
  }

  @Test
  void it_is_set_on_what_helm_waits_for_and_judges_by_it() {
    assertThat(StalledCondition.apiVersion("Deployment.apps")).contains("apps/v1");
    assertThat(StalledCondition.apiVersion("PersistentVolumeClaim")).contains("v1");
    assertThat(StalledCondition.apiVersion("Job.batch")).isEmpty();
    assertThat(StalledCondition.apiVersion("Certificate.cert-manager.io")).isEmpty();
  }

  private static KubeObject web(String condition) throws Exception {
    return ManifestReader.read(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, status: {conditions: [%s]}}"
                .formatted(condition))
        .getFirst();
  }
}
