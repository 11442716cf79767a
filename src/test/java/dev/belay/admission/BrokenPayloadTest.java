package dev.belay.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cluster.Deadline;
import dev.belay.manifest.KubeObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** Helm reads its own record again, and says what is wrong with it: Belay lets it. */
class BrokenPayloadTest {

  private static final Duration AT_THE_MOST = Duration.ofSeconds(2);

  /** Time of this thread alone: other work on the machine is not the gate's. */
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static final int MIB = 1024 * 1024;

  @Test
  void no_record_at_all() {
    KubeObject none = Reviews.secret("pending-upgrade", "");
    none.json().remove("data");
    letThrough(none, "the Secret has no data.release");
    letThrough(Reviews.secretWith(new byte[0]), "the release record is empty");
  }

  @Test
  void the_secrets_own_base64() {
    KubeObject broken = Reviews.secret("pending-upgrade", "");
    broken.json().withObjectProperty("data").put("release", "%%%");
    letThrough(broken, "the Secret's data.release is not base64");
  }

  @Test
  void helms_base64() {
    letThrough(Reviews.secretWith("%%%".getBytes(UTF_8)), "the release record is not base64");
  }

  @Test
  void a_record_that_says_it_is_gzip_and_is_not() {
    byte[] broken = new byte[100];
    broken[0] = 0x1f;
    broken[1] = (byte) 0x8b;
    broken[2] = 8;
    letThrough(helm(broken), "the release record is not readable gzip");
  }

  @Test
  void gzip_that_ends_too_early() throws Exception {
    byte[] whole = gzip("{\"name\": \"web\"}".repeat(1000).getBytes(UTF_8));
    letThrough(
        helm(Arrays.copyOf(whole, whole.length / 2)), "the release record is not readable gzip");
  }

  @Test
  void two_gib_of_zeros_in_two_mib() throws Exception {
    byte[] zeros = gzip("0".repeat(64 * MIB).getBytes(StandardCharsets.US_ASCII));
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    bomb.write(gzip("{\"manifest\":\"".getBytes(StandardCharsets.US_ASCII)));
    for (int i = 0; i < 32; i++) {
      bomb.write(zeros);
    }
    assertThat(bomb.size()).isLessThan(9 * MIB / 4);
    letThrough(helm(bomb.toByteArray()), "the release record inflates beyond 24 MiB");
  }

  @Test
  void text_that_is_not_json() throws Exception {
    letThrough(helm(gzip("apiVersion: v1".getBytes(UTF_8))), "the release record is not JSON");
    letThrough(helm("plain".getBytes(UTF_8)), "the release record is not JSON");
    letThrough(helm(gzip("[1, 2]".getBytes(UTF_8))), "the release record is no JSON object");
  }

  @Test
  void json_that_is_too_deep() throws Exception {
    letThrough(helm(gzip("[".repeat(MIB).getBytes(UTF_8))), "the release record is not JSON");
    letThrough(helm(gzip("{\"a\":".repeat(MIB).getBytes(UTF_8))), "the release record is not JSON");
  }

  @Test
  void json_with_numbers_that_are_too_large() throws Exception {
    for (String number : new String[] {"1e2147483648", "9".repeat(2000), "1e-999999999999"}) {
      letThrough(
          helm(gzip("{\"config\": {\"x\": %s}}".formatted(number).getBytes(UTF_8))),
          "the release record ");
    }
  }

  @Test
  void json_that_is_no_record() throws Exception {
    letThrough(helm(gzip("{}".getBytes(UTF_8))), "the release record has no name or no version");
  }

  @Test
  void a_manifest_that_is_not_yaml() {
    letThrough(manifest("a: [b"), "document 1 is not valid YAML");
    letThrough(manifest("\tkind: x"), "document 1 is not valid YAML");
    letThrough(manifest("a: \u0001"), "document 1 is not valid YAML");
  }

  @Test
  void a_manifest_of_something_else_than_objects() {
    letThrough(manifest("- 1"), "it is no object but ARRAY");
    letThrough(manifest("text"), "it is no object but STRING");
    letThrough(manifest("kind: ConfigMap"), "it has no apiVersion or no kind");
  }

  @Test
  void aliases_that_expand_without_end() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [".formatted(i, i));
      bomb.append(("*a" + (i - 1) + ", ").repeat(9)).append("*a" + (i - 1)).append("]\n");
    }
    letThrough(manifest(bomb.toString()), "more than 1000000 values");
  }

  @Test
  void an_alias_of_itself() {
    letThrough(manifest("a: &a {b: *a}"), "nested deeper than 200");
    letThrough(manifest("a: &a\n  <<: *a"), "document 1");
  }

  @Test
  void yaml_that_is_too_deep() {
    letThrough(manifest("[".repeat(100_000)), "document 1");
    letThrough(manifest("- ".repeat(100_000) + "x"), "document 1");
  }

  @Test
  void more_objects_than_a_release_has() {
    letThrough(
        manifest("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n".repeat(5_001)),
        "the manifest has more than 5000 objects");
  }

  @Test
  void a_large_manifest_of_nothing_is_no_trouble() {
    answered(manifest("# nothing\n".repeat(200_000)));
    letThrough(manifest("---\n".repeat(200_000)), "beyond the 10000 that are read");
  }

  private static void letThrough(KubeObject secret, String why) {
    Answer answer = answered(secret);
    assertThat(answer.allowed()).isTrue();
    assertThat(answer.warnings())
        .singleElement()
        .asString()
        .startsWith("Belay could not read Helm's record sh.helm.release.v1.web.v2: ")
        .contains(why);
  }

  private static Answer answered(KubeObject secret) {
    Preflight preflight = new TestingCluster().preflight();
    Review review = Reviews.of(secret);
    long begun = THREADS.getCurrentThreadCpuTime();
    Answer answer = preflight.review(review, Deadline.of("10s", Duration.ofSeconds(10)));
    assertThat(Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - begun)).isLessThan(AT_THE_MOST);
    assertThat(answer.toReview("u").path("response").path("allowed").booleanValue()).isTrue();
    return answer;
  }

  private static KubeObject manifest(String text) {
    return Reviews.secret("pending-upgrade", text);
  }

  private static KubeObject helm(byte[] stored) {
    return Reviews.secretWith(Base64.getEncoder().encode(stored));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
