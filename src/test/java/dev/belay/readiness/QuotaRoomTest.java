package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.Amounts;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import java.math.BigDecimal;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaRoomTest {

  private static final String FULL =
      "exceeded quota: q, requested: pods=1,requests.cpu=500m, used: pods=2,requests.cpu=1, limited: pods=2,requests.cpu=1";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{kind: StatefulSet}                                                                    | true",
        "{kind: DaemonSet}                                                                      | true",
        "{kind: DaemonSet, spec: {updateStrategy: {rollingUpdate: {maxSurge: 1}}}}              | false",
        "{kind: Deployment, spec: {replicas: 2}}                                                | false",
        "{kind: Deployment, spec: {replicas: 4}}                                                | true",
        "{kind: Deployment, spec: {replicas: 2, strategy: {type: Recreate}}}                    | true",
        "{kind: Deployment, spec: {strategy: {rollingUpdate: {maxUnavailable: 1}}}}             | true",
        "{kind: Deployment, spec: {strategy: {rollingUpdate: {maxUnavailable: 0}}}}             | false",
        "{kind: Deployment, spec: {strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0}}}}| true",
        "{kind: Job}                                                                            | false",
      })
  void old_pods_make_room_where_they_go_first(String workload, boolean room) {
    KubeObject object = object("{apiVersion: apps/v1, " + workload.substring(1));
    assertThat(QuotaRoom.comes(object, Optional.of(object), FULL)).isEqualTo(room);
    assertThat(QuotaRoom.comes(object, Optional.empty(), FULL)).as("a new one has none").isFalse();
  }

  @Test
  void no_room_is_made_for_what_never_fits_and_by_what_is_no_quota() {
    KubeObject set = object("{apiVersion: apps/v1, kind: StatefulSet}");
    assertThat(
            QuotaRoom.comes(
                set,
                Optional.of(set),
                "exceeded quota: q, requested: requests.memory=2Gi, used: requests.memory=1G, limited: requests.memory=2G"))
        .isFalse();
    assertThat(QuotaRoom.comes(set, Optional.of(set), "violates PodSecurity")).isFalse();
  }

  @Test
  void others_make_room_for_what_the_quota_allows_at_all() {
    assertThat(QuotaRoom.fitsAlone(FULL)).isTrue();
    assertThat(QuotaRoom.fitsAlone(FULL.replace("=500m", "=5"))).isFalse();
    assertThat(QuotaRoom.fitsAlone("violates PodSecurity")).isFalse();
  }

  @Test
  void amounts_are_read_as_the_api_server_prints_them() {
    assertThat(Amounts.read("cpu=500m,memory=1Ki, pods=2,x=1E,odd=1Q,wrong=a").toString())
        .contains("cpu=0.500", "memory=1024", "pods=2", "x=1000000000000000000")
        .doesNotContain("odd", "wrong");
  }

  @Test
  void what_is_deleted_before_makes_room_for_one_of_its_kind_but_an_ended_pod_for_none() {
    String one =
        "exceeded quota: q, requested: count/jobs.batch=1, used: count/jobs.batch=1, limited: count/jobs.batch=1";
    assertThat(QuotaRoom.isOne(one)).isTrue();
    assertThat(QuotaRoom.isOne(one.replace("count/jobs.batch", "pods"))).isFalse();
    assertThat(QuotaRoom.isOne(one.replace("requested: ", "requested: requests.cpu=2,"))).isFalse();
    assertThat(QuotaRoom.isOne("violates PodSecurity")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "4294967296, 4Gi",
    "3221225473, 3221225473",
    "2, 2",
    "1024, 1024",
    "0, 0",
    "1048576, 1Mi"
  })
  void sizes_are_told_in_binary_units_where_they_are_whole(BigDecimal amount, String text) {
    assertThat(Amounts.text(amount)).isEqualTo(text);
  }

  private static KubeObject object(String yaml) {
    try {
      return ManifestReader.read(yaml).getFirst();
    } catch (ManifestException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
