package dev.belay.revision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.StartHistory;
import dev.belay.manifest.JsonReader;
import dev.belay.manifest.KubeObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RevisionSecretsTest {

  private static final int ONE_MIB = 1024 * 1024;
  private static final Revision LARGE = large();
  private static final List<KubeObject> LARGE_PARTS = RevisionSecrets.write(LARGE);

  @Test
  void what_is_read_is_what_was_written() throws Exception {
    Revision revision = revision(List.of(configMap("a", "1"), configMap("b", "ä 漢 \u0000 🚀")));
    List<KubeObject> secrets = RevisionSecrets.write(revision);
    assertThat(secrets).hasSize(1);
    assertThat(read(secrets)).isEqualTo(revision);
  }

  @Test
  void how_workloads_started_is_kept_with_it() throws Exception {
    StartHistory start = StartHistory.of("Deployment.apps/shop/web", Map.of("web", 2), 15);
    Revision revision = revision(List.of());
    Revision started =
        new Revision(
            revision.namespace(),
            revision.release(),
            revision.number(),
            revision.helmRevision(),
            revision.lineage(),
            revision.verifiedAt(),
            List.of(),
            List.of(start));
    assertThat(read(RevisionSecrets.write(started)).starts()).containsExactly(start);
  }

  @Test
  void a_revision_without_objects_is_one_too() throws Exception {
    assertThat(read(RevisionSecrets.write(revision(List.of())))).isEqualTo(revision(List.of()));
  }

  @Test
  void an_object_is_kept_whatever_the_length_of_its_names_and_its_depth() throws Exception {
    String deep = "{\"a\":[".repeat(2_000) + "]}".repeat(2_000);
    String json =
        "{\"apiVersion\":\"v1\",\"kind\":\"A\",\"metadata\":{\"name\":\"a\"},\"%s\":1,\"spec\":%s}"
            .formatted("A".repeat(60_000), deep);
    KubeObject object = KubeObject.of(JsonReader.read(json.getBytes(StandardCharsets.UTF_8)));
    List<KubeObject> read = read(RevisionSecrets.write(revision(List.of(object)))).objects();
    assertThat(read).containsExactly(object);
    assertThat(read.getFirst().json().toString()).isEqualTo(json);
  }

  @Test
  void whole_numbers_and_fractions_are_read_as_they_were() throws Exception {
    KubeObject object = configMap("a", "1");
    object.json().put("whole", Long.MAX_VALUE).put("fraction", 0.1).putNull("nothing");
    assertThat(read(RevisionSecrets.write(revision(List.of(object)))).objects())
        .containsExactly(object);
  }

  @Test
  void the_same_revision_is_written_the_same_way_so_that_writing_can_be_repeated() {
    assertThat(RevisionSecrets.write(LARGE)).isEqualTo(LARGE_PARTS);
  }

  @Test
  void a_large_revision_is_kept_in_several_parts_in_any_order() throws Exception {
    List<KubeObject> secrets = parts();
    assertThat(secrets).hasSizeGreaterThan(2);
    Collections.reverse(secrets);
    assertThat(read(secrets)).isEqualTo(LARGE);
  }

  @Test
  void every_part_is_a_secret_that_the_api_server_accepts() {
    for (KubeObject secret : LARGE_PARTS) {
      assertThat(secret.json().toString().length()).isLessThan(ONE_MIB);
      assertThat(secret.name()).matches("[a-z0-9]([-.a-z0-9]*[a-z0-9])?").hasSizeLessThan(254);
      assertThat(secret.labels().values())
          .allSatisfy(value -> assertThat(value).matches("[A-Za-z0-9]([-_.A-Za-z0-9]{0,61})"));
      assertThat(secret.text("", "type")).isEqualTo("belay.dev/revision.v1");
      assertThat(secret.at("immutable").booleanValue()).isTrue();
      assertThat(secret.namespace()).isEqualTo("shop");
      assertThat(RevisionSecrets.number(secret)).isEqualTo(12);
    }
  }

  @Test
  void parts_have_names_of_their_own() {
    assertThat(LARGE_PARTS)
        .extracting(KubeObject::name)
        .startsWith("belay.revision.web.v12.1", "belay.revision.web.v12.2")
        .doesNotHaveDuplicates();
  }

  @Test
  void the_longest_name_that_helm_allows_makes_names_that_are_valid() {
    String longest = "a".repeat(53);
    assertThat(RevisionSecrets.name(longest, Integer.MAX_VALUE, 9999)).hasSizeLessThan(254);
  }

  @Test
  void what_is_no_part_has_no_number() {
    KubeObject other = configMap("a", "1");
    assertThat(RevisionSecrets.number(other)).isZero();
    other
        .json()
        .withObjectProperty("metadata")
        .withObjectProperty("labels")
        .put("belay.dev/revision", "99999999999");
    assertThat(RevisionSecrets.number(other)).isZero();
  }

  @Test
  void no_part_at_all_is_refused() {
    refused(List.of(), "the revision has no Secret");
  }

  @Test
  void a_missing_part_is_named() {
    for (int missing = 0; missing < 3; missing++) {
      List<KubeObject> secrets = parts();
      int all = secrets.size();
      secrets.remove(missing);
      refused(secrets, "part %d of %d is missing".formatted(missing + 1, all));
    }
  }

  @Test
  void a_missing_last_part_is_refused() {
    List<KubeObject> secrets = parts();
    int all = secrets.size();
    secrets.removeLast();
    refused(secrets, "%d of %d parts are there".formatted(all - 1, all));
  }

  @Test
  void a_part_that_is_there_twice_is_refused() {
    List<KubeObject> secrets = parts();
    secrets.add(secrets.get(1));
    refused(secrets, "part 2 is there twice");
  }

  @Test
  void a_part_too_many_is_refused() {
    List<KubeObject> secrets = parts();
    int all = secrets.size();
    KubeObject extra = secrets.getLast().copy();
    annotations(extra).put("belay.dev/part", Integer.toString(all + 1));
    secrets.add(extra);
    refused(secrets, "%d of %d parts are there".formatted(all + 1, all));
  }

  @Test
  void a_part_without_a_place_is_refused() {
    List<KubeObject> secrets = parts();
    annotations(secrets.get(1)).put("belay.dev/part", "second");
    refused(secrets, "belay.revision.web.v12.2 does not say which part it is");
  }

  @Test
  void a_part_that_is_not_base64_is_named() {
    List<KubeObject> secrets = parts();
    data(secrets.get(1)).put("revision", "%%%");
    refused(secrets, "part 2 is not base64");
  }

  @Test
  void a_part_that_was_changed_is_refused_in_whichever_byte() {
    int bytes = RevisionSecrets.PART_BYTES;
    for (int at : new int[] {0, 4, bytes / 2, bytes - 1}) {
      List<KubeObject> secrets = parts();
      byte[] content = Base64.getDecoder().decode(secrets.get(1).text("", "data", "revision"));
      content[at] ^= 1;
      data(secrets.get(1)).put("revision", Base64.getEncoder().encodeToString(content));
      refused(secrets, "Secret belay.revision.web.v12.1 does not hold what Belay stored");
    }
  }

  @Test
  void two_parts_that_changed_places_are_refused() {
    List<KubeObject> secrets = parts();
    annotations(secrets.get(0)).put("belay.dev/part", "2");
    annotations(secrets.get(1)).put("belay.dev/part", "1");
    refused(secrets, "Secret belay.revision.web.v12.2 does not hold what Belay stored");
  }

  @Test
  void what_the_secrets_say_of_their_digest_is_not_asked() throws Exception {
    List<KubeObject> secrets = parts();
    secrets.forEach(secret -> annotations(secret).put("belay.dev/digest", "sha256:00"));
    assertThat(RevisionSecrets.read(secrets, RevisionSecrets.toldDigest(LARGE_PARTS.getFirst())))
        .isEqualTo(LARGE);
  }

  @Test
  void a_revision_that_somebody_else_has_made_is_refused_though_its_digest_fits() {
    String known =
        RevisionSecrets.toldDigest(RevisionSecrets.write(revision(List.of())).getFirst());
    List<KubeObject> forged = RevisionSecrets.write(revision(List.of(configMap("a", "1"))));
    assertThatThrownBy(() -> RevisionSecrets.read(forged, known))
        .isInstanceOf(RevisionException.class)
        .hasMessageContaining("status.history of the Release");
  }

  @Test
  void content_that_fits_its_digest_but_is_no_revision_is_refused() throws Exception {
    for (String content : new String[] {"", "[]", "{}", "{\"verifiedAt\":\"noon\"}"}) {
      refused(forged(content), "its content is no revision");
    }
    refused(forged("{\"verifiedAt\":"), "its content can't be read");
  }

  /** By the digest that the first part tells, as if Belay had listed it. */
  private static Revision read(List<KubeObject> secrets) throws RevisionException {
    return RevisionSecrets.read(
        secrets, secrets.isEmpty() ? "" : RevisionSecrets.toldDigest(secrets.getFirst()));
  }

  private static void refused(List<KubeObject> secrets, String message) {
    assertThatThrownBy(() -> read(secrets))
        .isInstanceOf(RevisionException.class)
        .hasMessageStartingWith(message);
  }

  /** One part with this content and a digest that fits. */
  private static List<KubeObject> forged(String content) throws Exception {
    var bytes = new java.io.ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(bytes)) {
      gzip.write(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    KubeObject secret = RevisionSecrets.write(revision(List.of())).getFirst();
    data(secret).put("revision", Base64.getEncoder().encodeToString(bytes.toByteArray()));
    byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
    annotations(secret)
        .put("belay.dev/digest", "sha256:" + java.util.HexFormat.of().formatHex(digest));
    return List.of(secret);
  }

  private static ObjectNode annotations(KubeObject secret) {
    return secret.json().withObjectProperty("metadata").withObjectProperty("annotations");
  }

  private static ObjectNode data(KubeObject secret) {
    return secret.json().withObjectProperty("data");
  }

  private static List<KubeObject> parts() {
    List<KubeObject> parts = new ArrayList<>();
    LARGE_PARTS.forEach(part -> parts.add(part.copy()));
    return parts;
  }

  /** Two MiB and a half that gzip can't make any smaller. */
  private static Revision large() {
    byte[] noise = new byte[2_500_000];
    new Random(1).nextBytes(noise);
    return revision(
        List.of(configMap("noise", Base64.getEncoder().encodeToString(noise)), configMap("a", "")));
  }

  private static Revision revision(List<KubeObject> objects) {
    return new Revision(
        "shop",
        "web",
        12,
        7,
        "2026-01-01T00:00:00Z",
        Instant.parse("2026-03-01T12:00:00.123Z"),
        objects);
  }

  private static KubeObject configMap(String name, String value) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("apiVersion", "v1").put("kind", "ConfigMap");
    json.putObject("metadata").put("name", name).put("namespace", "shop");
    json.putObject("data").put("key", value);
    return new KubeObject(json);
  }
}
