package dev.belay.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelmRecordCodecTest {

  private static final String SECRET = "hunter2";

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String plain(String json) {
    return base64(json.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({"helm4, 1", "helm4, 3", "helm4, 4", "helm3, 1", "helm3, 4"})
  void what_helm_wrote_survives(String helm, int version) throws Exception {
    HelmRecord record = Recorded.record(helm, version);

    assertThat(HelmRecordCodec.decode(HelmRecordCodec.encode(record))).isEqualTo(record);
  }

  @Test
  void unknown_fields_and_exact_numbers_survive() throws Exception {
    String json =
        """
        {"name":"web","version":1,"info":{"new":[1,null]},"later":{"a":0.10,"b":1e400,\
        "c":123456789012345678901234567890,"d":"é<&>"}}""";

    HelmRecord record = HelmRecordCodec.decode(plain(json));
    HelmRecord again = HelmRecordCodec.decode(HelmRecordCodec.encode(record));

    assertThat(again).isEqualTo(record);
    assertThat(again.json().toString())
        .contains("\"a\":0.10", "123456789012345678901234567890", "\"new\":[1,null]", "é<&>");
  }

  @Test
  void reads_records_without_gzip_and_with_line_ends() throws Exception {
    String stored = plain("{\"name\":\"web\",\"version\":7,\"info\":{}}");

    assertThat(HelmRecordCodec.decode(stored).version()).isEqualTo(7);
    assertThat(HelmRecordCodec.decode(stored.substring(0, 8) + "\r\n" + stored.substring(8)).name())
        .isEqualTo("web");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"hunter2\"]",
        "{\"name\":\"hunter2\"}",
        "{\"name\":\"hunter2\",\"version\":\"hunter2\",\"info\":{}}",
        "{\"name\":\"hunter2\",\"version\":1,\"info\":\"hunter2\"}",
        "{\"name\":\"hunter2\",\"version\":1,\"info\":{},\"manifest\":[\"hunter2\"]}",
        "{\"name\":\"hunter2",
        "hunter2",
        "{} hunter2",
        "",
      })
  void says_what_is_wrong_with_the_json_and_quotes_nothing(String json) {
    assertThatThrownBy(() -> HelmRecordCodec.decode(plain(json)))
        .isInstanceOf(HelmRecordException.class)
        .hasMessageStartingWith("the release record")
        .hasMessageNotContaining(SECRET)
        .hasNoCause();
  }

  @Test
  void says_which_layer_is_broken() throws Exception {
    byte[] cut =
        java.util.Arrays.copyOf(
            gzip("{\"name\": \"web\"}".repeat(9).getBytes(StandardCharsets.UTF_8)), 20);

    assertThatThrownBy(() -> HelmRecordCodec.decode("")).hasMessageContaining("is empty");
    assertThatThrownBy(() -> HelmRecordCodec.decode("*")).hasMessageContaining("is not base64");
    assertThatThrownBy(() -> HelmRecordCodec.decode(base64(cut)))
        .hasMessageContaining("not readable gzip");
    assertThatThrownBy(() -> HelmRecordCodec.decode(plain("{")))
        .hasMessageContaining("not JSON that can be read, at line 1, column");
  }

  @Test
  void stops_at_its_bounds() throws Exception {
    byte[] endless =
        gzip(
            ("{\"a\":\"" + "x".repeat(HelmRecordCodec.MAX_INFLATED_BYTES))
                .getBytes(StandardCharsets.UTF_8));
    String deep = "[".repeat(HelmRecordCodec.MAX_DEPTH + 1);
    String wide = "[" + "1,".repeat(HelmRecordCodec.MAX_TOKENS) + "1]";

    assertThatThrownBy(
            () -> HelmRecordCodec.decode("A".repeat(HelmRecordCodec.MAX_STORED_CHARS + 1)))
        .hasMessageContaining("longer than");
    assertThatThrownBy(() -> HelmRecordCodec.decode(base64(endless)))
        .hasMessageContaining("inflates beyond 24 MiB");
    assertThatThrownBy(() -> HelmRecordCodec.decode(plain("{\"a\":" + deep)))
        .isInstanceOf(HelmRecordException.class);
    assertThatThrownBy(
            () -> HelmRecordCodec.decode(base64(gzip(wide.getBytes(StandardCharsets.UTF_8)))))
        .isInstanceOf(HelmRecordException.class)
        .hasMessageContaining("not JSON that can be read");
  }

  @Test
  void a_long_manifest_is_no_problem() throws Exception {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("name", "web").put("version", 1).putObject("info");
    json.put("manifest", "# " + "x".repeat(21_000_000));

    HelmRecord record = new HelmRecord(json);
    assertThat(HelmRecordCodec.decode(HelmRecordCodec.encode(record)).manifest())
        .hasSize(21_000_002);
  }
}
