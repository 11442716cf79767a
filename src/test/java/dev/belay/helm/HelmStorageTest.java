package dev.belay.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HelmStorageTest {

  private static final Instant NOW = Instant.parse("2026-11-23T20:00:00Z");

  @Test
  void knows_a_record_by_type_and_owner() throws Exception {
    KubeObject secret = Recorded.secret("helm4", 1);
    KubeObject otherType = secret.copy();
    otherType.json().put("type", "Opaque");
    KubeObject otherOwner = secret.copy();
    otherOwner.json().withObjectProperty("metadata").withObjectProperty("labels").remove("owner");

    assertThat(HelmStorage.isRecord(secret)).isTrue();
    assertThat(HelmStorage.isRecord(otherType)).isFalse();
    assertThat(HelmStorage.isRecord(otherOwner)).isFalse();
  }

  @Test
  void an_update_changes_the_record_and_what_follows_from_it() throws Exception {
    KubeObject before = Recorded.secret("helm4", 4);
    KubeObject untouched = before.copy();
    HelmRecord failed = HelmHistory.failed(HelmStorage.read(before), "web crashed");

    KubeObject after = HelmStorage.updated(before, failed, NOW);

    Map<String, String> labels = new TreeMap<>(before.labels());
    labels.put("status", "failed");
    labels.put("modifiedAt", Long.toString(NOW.getEpochSecond()));
    assertThat(after.labels()).isEqualTo(labels).containsEntry("team", "web");
    assertThat(after.resourceVersion()).isEqualTo(before.resourceVersion()).isNotEmpty();
    assertThat(HelmStorage.read(after)).isEqualTo(failed);
    assertThat(before).isEqualTo(untouched);
    after.json().remove("data");
    untouched.json().remove("data");
    after.json().withObjectProperty("metadata").remove("labels");
    untouched.json().withObjectProperty("metadata").remove("labels");
    assertThat(after).isEqualTo(untouched);
  }

  @Test
  void a_new_secret_is_as_helm_makes_it() throws Exception {
    KubeObject helms = Recorded.secret("helm4", 4);
    HelmRecord record = HelmStorage.read(helms);

    KubeObject ours =
        HelmStorage.created("Secret", record, Map.of("team", "web", "status", "ignored"), NOW);

    assertThat(HelmStorage.isRecord(ours)).isTrue();
    assertThat(ours.name()).isEqualTo(helms.name()).isEqualTo(HelmStorage.nameOf("web", 4));
    assertThat(ours.namespace()).isEqualTo("helm4");
    assertThat(ours.labels())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "name", "web",
                "owner", "helm",
                "status", "deployed",
                "version", "4",
                "team", "web",
                "createdAt", Long.toString(NOW.getEpochSecond())));
    assertThat(ours.json().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("apiVersion", "kind", "type", "metadata", "data");
    assertThat(HelmStorage.read(ours)).isEqualTo(record);
  }

  @Test
  void a_config_map_holds_the_same_without_the_base64_of_a_secret() throws Exception {
    HelmRecord record = HelmStorage.read(Recorded.secret("helm4", 4));

    KubeObject ours = HelmStorage.created("ConfigMap", record, Map.of(), NOW);

    assertThat(HelmStorage.isRecord(ours)).isTrue();
    assertThat(ours.json().has("type")).isFalse();
    assertThat(ours.text("", "data", "release")).startsWith("H4sI");
    assertThat(HelmStorage.read(ours)).isEqualTo(record);
    HelmRecord failed = HelmHistory.failed(record, "web crashed");
    assertThat(HelmStorage.read(HelmStorage.updated(ours, failed, NOW))).isEqualTo(failed);
    ours.json().withObjectProperty("metadata").put("name", "settings");
    assertThat(HelmStorage.isRecord(ours)).as("somebody else's").isFalse();
  }

  @Test
  void a_record_that_is_kept_away_from_its_release_is_none_of_this_namespace() throws Exception {
    KubeObject elsewhere = Recorded.secret("helm4", 1);
    elsewhere.json().withObjectProperty("metadata").put("namespace", "flux-system");
    assertThatThrownBy(() -> HelmStorage.read(elsewhere))
        .isInstanceOf(HelmRecordException.class)
        .hasMessageStartingWith(
            "it is kept in namespace flux-system, and its release is in namespace helm4: ");
  }

  @Test
  void says_that_the_secret_is_broken() throws Exception {
    KubeObject none = Recorded.secret("helm4", 1);
    none.json().remove("data");
    KubeObject wrong = Recorded.secret("helm4", 1);
    wrong.json().withObjectProperty("data").put("release", "*");
    KubeObject opened = Recorded.secret("helm4", 1);
    opened.json().withObjectProperty("data").put("release", "aHVudGVyMg==");

    assertThatThrownBy(() -> HelmStorage.read(none)).hasMessage("the Secret has no data.release");
    assertThatThrownBy(() -> HelmStorage.read(wrong))
        .hasMessage("the Secret's data.release is not base64");
    assertThatThrownBy(() -> HelmStorage.read(opened))
        .isInstanceOf(HelmRecordException.class)
        .hasMessageStartingWith("the release record is");
  }
}
