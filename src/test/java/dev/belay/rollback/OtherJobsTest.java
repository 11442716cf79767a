package dev.belay.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.belay.manifest.KubeObject;
import org.junit.jupiter.api.Test;

class OtherJobsTest {

  private static final YAMLMapper YAML = new YAMLMapper();

  @Test
  void one_that_was_made_anew_is_kept_and_told() throws Exception {
    KubeObject stable = read("{apiVersion: batch/v1, kind: Job, metadata: {name: work, uid: a}}");
    KubeObject another = read("{apiVersion: batch/v1, kind: Job, metadata: {name: work, uid: b}}");
    assertThat(OtherJobs.kept(stable, stable)).isEmpty();
    assertThat(OtherJobs.kept(stable, another))
        .contains(
            "Job/work stays as the failed change made it: it runs or has run, and no Job is run twice");
  }

  @Test
  void what_is_no_job_is_restored() throws Exception {
    KubeObject stable = read("{apiVersion: v1, kind: ConfigMap, metadata: {name: web, uid: a}}");
    KubeObject another = read("{apiVersion: v1, kind: ConfigMap, metadata: {name: web, uid: b}}");
    assertThat(OtherJobs.is(stable, another)).isFalse();
  }

  private static KubeObject read(String text) throws Exception {
    return KubeObject.of(YAML.readTree(text));
  }
}
