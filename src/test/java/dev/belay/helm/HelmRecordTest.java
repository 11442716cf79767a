package dev.belay.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelmRecordTest {

  @ParameterizedTest
  @ValueSource(strings = {"helm4", "helm3"})
  void reads_what_helm_wrote(String helm) throws Exception {
    HelmRecord record = Recorded.record(helm, 2);

    assertThat(record.name()).isEqualTo("web");
    assertThat(record.namespace()).isEqualTo(helm);
    assertThat(record.version()).isEqualTo(2);
    assertThat(record.status()).isEqualTo(HelmStatus.SUPERSEDED);
    assertThat(record.description()).isEqualTo("Upgrade complete");
    assertThat(record.serverSideApply()).isEqualTo(helm.equals("helm4"));
    assertThat(record.rollbackRevision()).isZero();
    assertThat(record.firstDeployed()).isBefore(record.lastDeployed());
    assertThat(record.objects())
        .extracting(object -> object.key().display())
        .containsExactly("ConfigMap/web-web", "HorizontalPodAutoscaler/web-web");
    assertThat(record.objects()).extracting(KubeObject::namespace).containsOnly("");
  }

  @Test
  void reads_the_hooks_and_their_last_run() throws Exception {
    HelmHook ran = Recorded.record("helm4", 1).hooks().get(0);
    HelmHook never = Recorded.record("helm4", 2).hooks().get(0);

    assertThat(ran.name()).isEqualTo("web-hook");
    assertThat(ran.kind()).isEqualTo("ConfigMap");
    assertThat(ran.events()).containsExactly("pre-install", "pre-rollback");
    assertThat(ran.weight()).isEqualTo(-5);
    assertThat(ran.deletePolicies()).containsExactly("before-hook-creation");
    assertThat(ran.phase()).isEqualTo("Succeeded");
    assertThat(ran.completedAt()).isAfter(ran.startedAt());
    assertThat(never.phase()).isEmpty();
    assertThat(never.startedAt()).isNull();
  }

  @Test
  void knows_the_rollback_of_helm_4() throws Exception {
    assertThat(Recorded.record("helm4", 4).rollbackRevision()).isEqualTo(1);
    assertThat(Recorded.record("helm3", 4).rollbackRevision()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T19:14:44.5+01:00, 2026-11-23T18:14:44.500Z",
    "2026-11-23T18:14:44.123456789Z, 2026-11-23T18:14:44.123456789Z",
    "0001-01-01T00:00:00Z, ",
    "'', ",
    "yesterday, ",
  })
  void reads_times_as_go_writes_them(String written, Instant time) throws Exception {
    HelmRecord record = Recorded.record("helm4", 1);
    record.json().withObjectProperty("info").put("last_deployed", written);

    assertThat(record.lastDeployed()).isEqualTo(time);
  }

  @ParameterizedTest
  @EnumSource
  void every_status_reads_as_written(HelmStatus status) {
    assertThat(HelmStatus.of(status.text())).isEqualTo(status);
    assertThat(status.pending()).isEqualTo(status.text().startsWith("pending-"));
  }

  @Test
  void other_statuses_are_unknown() {
    assertThat(HelmStatus.of("pending_upgrade")).isEqualTo(HelmStatus.UNKNOWN);
    assertThat(HelmStatus.PENDING_UPGRADE.text()).isEqualTo("pending-upgrade");
  }
}
