package dev.belay.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class HelmHistoryTest {

  private static final Instant NOW = Instant.parse("2026-11-23T20:00:00.5Z");

  /** Helm's own rollback to revision 1, which also ran a hook. */
  @Test
  void a_rollback_is_what_helm_4_writes() throws Exception {
    HelmRecord helms = Recorded.record("helm4", 4);

    HelmRecord ours =
        HelmHistory.rollback(Recorded.record("helm4", 1), 4, "Rollback to 1", helms.lastDeployed());

    assertThat(withoutHookRuns(ours)).isEqualTo(withoutHookRuns(helms));
  }

  /** Helm 3 writes an empty time for a release that is not deleted, and no rollback_revision. */
  @Test
  void a_rollback_is_what_helm_3_reads() throws Exception {
    HelmRecord helms = Recorded.record("helm3", 4);

    HelmRecord ours =
        HelmHistory.rollback(Recorded.record("helm3", 1), 4, "Rollback to 1", helms.lastDeployed());

    ObjectNode expected = withoutHookRuns(helms);
    expected.withObjectProperty("info").put("rollback_revision", 1).remove("deleted");
    assertThat(withoutHookRuns(ours)).isEqualTo(expected);
  }

  @Test
  void a_rollback_keeps_the_last_runs_of_hooks() throws Exception {
    HelmRecord target = Recorded.record("helm4", 1);

    assertThat(HelmHistory.rollback(target, 5, "Rollback to 1", NOW).hooks())
        .isEqualTo(target.hooks());
  }

  @Test
  void a_rollback_to_a_release_that_was_uninstalled_is_not_deleted() throws Exception {
    HelmRecord target = Recorded.record("helm4", 1);
    target.json().withObjectProperty("info").put("deleted", "2026-11-23T20:00:00Z");

    HelmRecord record = HelmHistory.rollback(target, 5, "Rollback to 1", NOW);

    assertThat(record.json().path("info").has("deleted")).isFalse();
    assertThat(record.lastDeployed()).isEqualTo(NOW);
    assertThat(record.status()).isEqualTo(HelmStatus.DEPLOYED);
  }

  @Test
  void failed_changes_status_and_description_only() throws Exception {
    HelmRecord before = Recorded.record("helm4", 4);

    HelmRecord after = HelmHistory.failed(before, "web crashed");

    ObjectNode expected = before.json().deepCopy();
    expected.withObjectProperty("info").put("status", "failed").put("description", "web crashed");
    assertThat(after.json()).isEqualTo(expected);
    assertThat(before).isEqualTo(Recorded.record("helm4", 4));
  }

  @Test
  void superseded_changes_the_status_only() throws Exception {
    HelmRecord before = Recorded.record("helm4", 4);

    ObjectNode expected = before.json().deepCopy();
    expected.withObjectProperty("info").put("status", "superseded");
    assertThat(HelmHistory.superseded(before).json()).isEqualTo(expected);
    assertThat(before.status()).isEqualTo(HelmStatus.DEPLOYED);
  }

  @Test
  void long_descriptions_are_cut_between_characters() throws Exception {
    HelmRecord record = Recorded.record("helm4", 4);
    String tooLong = "💥".repeat(2000);

    String rollback = HelmHistory.rollback(record, 5, tooLong, NOW).description();
    String failure = HelmHistory.failed(record, tooLong).description();

    assertThat(rollback.codePointCount(0, rollback.length())).isEqualTo(256);
    assertThat(rollback).endsWith("💥…");
    assertThat(failure.codePointCount(0, failure.length())).isEqualTo(1024);
  }

  private static ObjectNode withoutHookRuns(HelmRecord record) {
    ObjectNode copy = record.json().deepCopy();
    copy.path("hooks").forEach(hook -> ((ObjectNode) hook).remove("last_run"));
    return copy;
  }
}
