package dev.belay.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HelmSecretsTest {

  private static final Instant NOW = Instant.parse("2026-11-23T20:00:00Z");

  @Test
  void knows_a_record_by_type_and_owner() throws Exception {
    KubeObject secret = Recorded.secret("helm4", 1);
    KubeObject otherType = secret.copy();
    otherType.json().put("type", "Opaque");
    KubeObject otherOwner = secret.copy();
    otherOwner.json().withObjectProperty("metadata").withObjectProperty("labels").remove("owner");

    assertThat(HelmSecrets.isRecord(secret)).isTrue();
    assertThat(HelmSecrets.isRecord(otherType)).isFalse();
    assertThat(HelmSecrets.isRecord(otherOwner)).isFalse();
  }

  @Test
  void an_update_changes_the_record_and_what_follows_from_it() throws Exception {
    KubeObject before = Recorded.secret("helm4", 4);
    KubeObject untouched = before.copy();
    HelmRecord failed = HelmHistory.failed(HelmSecrets.read(before), "web crashed");

    KubeObject after = HelmSecrets.updated(before, failed, NOW);

    Map<String, String> labels = new TreeMap<>(before.labels());
    labels.put("status", "failed");
    labels.put("modifiedAt", Long.toString(NOW.getEpochSecond()));
    assertThat(after.labels()).isEqualTo(labels).containsEntry("team", "web");
    assertThat(after.resourceVersion()).isEqualTo(before.resourceVersion()).isNotEmpty();
    assertThat(HelmSecrets.read(after)).isEqualTo(failed);
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
    HelmRecord record = HelmSecrets.read(helms);

    KubeObject ours = HelmSecrets.created(record, Map.of("team", "web", "status", "ignored"), NOW);

    assertThat(HelmSecrets.isRecord(ours)).isTrue();
    assertThat(ours.name()).isEqualTo(helms.name()).isEqualTo(HelmSecrets.nameOf("web", 4));
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
    assertThat(HelmSecrets.read(ours)).isEqualTo(record);
  }

  @Test
  void says_that_the_secret_is_broken() throws Exception {
    KubeObject none = Recorded.secret("helm4", 1);
    none.json().remove("data");
    KubeObject wrong = Recorded.secret("helm4", 1);
    wrong.json().withObjectProperty("data").put("release", "*");
    KubeObject opened = Recorded.secret("helm4", 1);
    opened.json().withObjectProperty("data").put("release", "aHVudGVyMg==");

    assertThatThrownBy(() -> HelmSecrets.read(none)).hasMessage("the Secret has no data.release");
    assertThatThrownBy(() -> HelmSecrets.read(wrong))
        .hasMessage("the Secret's data.release is not base64");
    assertThatThrownBy(() -> HelmSecrets.read(opened))
        .isInstanceOf(HelmRecordException.class)
        .hasMessageStartingWith("the release record is");
  }
}
