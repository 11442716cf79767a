package dev.belay.masking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.manifest.KubeObject;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way in which programs write a value. */
class SpellingsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEFORE = "level=error msg=";
  private static final String AFTER = " (attempt 3)";

  private String value;
  private Masking secrets;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "C4nary\"Pa\\ss&w<rd>9913",
        "canary-TOKEN-5527",
        "with blanks + plus%25/slash?",
        "pässwörd-日本-🔑-long",
        "tab\tand\u0001control",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
      })
  void a_value_is_masked_however_it_is_spelled(String secret) throws Exception {
    holds(secret);
    List<String> direct =
        List.of(
            secret,
            JSON.writeValueAsString(secret),
            goJson(secret),
            asciiJson(secret),
            phpJson(secret),
            goQuoted(secret),
            shellQuoted(secret),
            percent(secret),
            percent(secret).toLowerCase(Locale.ROOT).equals(percent(secret))
                ? percent(secret)
                : lowerPercent(secret),
            everyPercent(secret),
            URLEncoder.encode(secret, UTF_8),
            HexFormat.of().formatHex(secret.getBytes(UTF_8)),
            HexFormat.of().withUpperCase().formatHex(secret.getBytes(UTF_8)),
            HexFormat.ofDelimiter(":").formatHex(secret.getBytes(UTF_8)),
            HexFormat.ofDelimiter(" ").formatHex(secret.getBytes(UTF_8)));
    for (String spelled : direct) {
      masked(spelled);
      masked(JSON.writeValueAsString(spelled));
      masked(goQuoted(JSON.writeValueAsString(spelled)));
      masked(percent(spelled));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"canary-TOKEN-5527", "pässwörd-日本-🔑", "???>>>~~~ÿ", "abcd"})
  void base64_is_found_in_all_alignments_and_alphabets(String secret) throws Exception {
    holds(secret);
    for (int before = 0; before < 6; before++) {
      for (int after = 0; after < 4; after++) {
        byte[] whole = ("x".repeat(before) + secret + "y".repeat(after)).getBytes(UTF_8);
        for (String spelled :
            List.of(
                Base64.getEncoder().encodeToString(whole),
                Base64.getEncoder().withoutPadding().encodeToString(whole),
                Base64.getUrlEncoder().encodeToString(whole),
                Base64.getUrlEncoder().withoutPadding().encodeToString(whole))) {
          hidden(spelled);
          hidden("data:image/png;base64," + spelled);
          hidden("/path/" + spelled);
          hidden("a=" + spelled);
          hidden("to=" + spelled);
          hidden("key=" + spelled);
          hidden("cred=" + spelled + "&b=c");
          hidden(percent(spelled));
          hidden(JSON.writeValueAsString(spelled).replace("+", "\\u002B"));
        }
      }
    }
  }

  @Test
  void base64_is_found_where_it_is_broken_into_lines() throws Exception {
    String secret = "a-long-value-".repeat(12);
    holds(secret);
    String lines = Base64.getMimeEncoder().encodeToString(secret.getBytes(UTF_8));
    assertThat(lines).contains("\r\n");
    assertThat(secrets.mask("decoded " + lines + " badly")).isEqualTo("decoded (masked) badly");
  }

  @Test
  void the_password_of_basic_authentication_is_found() throws Exception {
    holds("canary-TOKEN-5527");
    String header = Base64.getEncoder().encodeToString("user:canary-TOKEN-5527".getBytes(UTF_8));
    assertThat(secrets.mask("Authorization: Basic " + header)).doesNotContain(header.substring(7));
  }

  @Test
  void colours_and_other_codes_of_terminals_are_taken_out_first() throws Exception {
    holds("canary-TOKEN-5527");
    for (String split :
        List.of(
            "canary-\u001b[31mTOKEN\u001b[0m-5527",
            "canary-\u001b(B\u001b[mTOKEN-5527",
            "canary-\u001b]8;;http://a\u0007TOKEN-\u001b]8;;\u001b\\5527",
            "canary-\u009b1mTOKEN-5527",
            "canary-\\u001b[1;31mTOKEN\\u001b[0m-5527",
            "canary-\\x1b[31mTOKEN-5527",
            "canary-%1B%5B31mTOKEN-5527",
            "canary-\\033[31mTOKEN-5527")) {
      assertThat(secrets.mask("token " + split + " is wrong"))
          .as(split)
          .isEqualTo("token (masked) is wrong");
    }
  }

  @Test
  void bytes_that_are_no_text_are_found_in_base64_and_hex() {
    byte[] key = new byte[48];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (i * 37 + 128);
    }
    KubeObject secret = secret();
    secret.json().putObject("data").put("key", Base64.getEncoder().encodeToString(key));
    Masking masking = Masking.of(List.of(secret));
    assertThat(masking.mask("key " + Base64.getEncoder().encodeToString(key) + "."))
        .isEqualTo("key (masked).");
    assertThat(masking.mask("key " + HexFormat.of().formatHex(key))).isEqualTo("key (masked)");
  }

  @Test
  void what_a_program_shortens_itself_is_masked_from_eight_characters_on() throws Exception {
    holds("canary-TOKEN-5527");
    assertThat(secrets.mask("token canary-TOK... was refused"))
        .isEqualTo("token (masked)... was refused");
    assertThat(secrets.mask("token canary-T… was refused"))
        .isEqualTo("token (masked)… was refused");
    assertThat(secrets.mask("token …OKEN-5527 was refused"))
        .isEqualTo("token …(masked) was refused");
    assertThat(secrets.mask("a canary... sings")).isEqualTo("a canary... sings");
  }

  @Test
  void a_part_of_a_long_value_is_masked_and_what_it_shares_with_everyday_text_is_not() {
    String certificate =
        "-----BEGIN KEY-----\n"
            + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n".repeat(100)
            + "-----END KEY-----\n";
    KubeObject secret = secret();
    secret.json().putObject("stringData").put("a", certificate).put("b", "=".repeat(500));
    Masking masking = Masking.of(List.of(secret));
    assertThat(masking.mask("bad MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"))
        .isEqualTo("bad (masked)");
    assertThat(masking.mask("no -----BEGIN KEY----- in " + "=".repeat(70)))
        .isEqualTo("no -----BEGIN KEY----- in " + "=".repeat(70));
  }

  @Test
  void what_ends_where_the_next_begins_leaves_nothing_between() throws Exception {
    KubeObject secret = secret();
    secret.json().putObject("stringData").put("a", "first-half-").put("b", "half-second-half");
    assertThat(Masking.of(List.of(secret)).mask("<first-half-second-half>"))
        .isEqualTo("<(masked)>");
  }

  @Test
  void nothing_is_quoted_where_there_are_more_values_than_there_is_room_for() {
    KubeObject secret = secret();
    secret.json().putObject("stringData").put("a", "0123456789abcdefABCDEF".repeat(200_000));
    assertThat(Masking.of(List.of(secret)).mask("some words")).isEqualTo(Masking.TOO_MANY);
  }

  private void holds(String secret) {
    KubeObject object = secret();
    object
        .json()
        .putObject("data")
        .put("a", Base64.getEncoder().encodeToString(secret.getBytes(UTF_8)));
    value = secret;
    secrets = Masking.of(List.of(object));
  }

  private static KubeObject secret() {
    KubeObject secret = KubeObject.of(JsonNodeFactory.instance.objectNode());
    secret.json().put("apiVersion", "v1").put("kind", "Secret");
    return secret;
  }

  /** All of it is one mask; quotes around it may stay. */
  private void masked(String spelled) {
    assertThat(secrets.mask(BEFORE + spelled + AFTER).replaceAll("[\\\\\"'$]|%22|%5C", ""))
        .as("%s as %s", value, spelled)
        .isEqualTo(BEFORE + Masking.MASK + AFTER);
  }

  /** No more than what surrounds it is left. */
  private void hidden(String spelled) {
    String said = secrets.mask(BEFORE + spelled + AFTER);
    assertThat(said).as("%s as %s", value, spelled).contains(Masking.MASK);
    assertThat(said.length() - BEFORE.length() - AFTER.length())
        .as("%s as %s: %s", value, spelled, said)
        .isLessThanOrEqualTo(60);
  }

  private static String goJson(String text) throws Exception {
    return JSON.writeValueAsString(text)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026");
  }

  /** As Python does. */
  private static String asciiJson(String text) throws Exception {
    StringBuilder ascii = new StringBuilder();
    for (char c : JSON.writeValueAsString(text).toCharArray()) {
      ascii.append(c < 0x80 ? "" + c : "\\u%04x".formatted((int) c));
    }
    return ascii.toString();
  }

  private static String phpJson(String text) throws Exception {
    return JSON.writeValueAsString(text).replace("/", "\\/");
  }

  private static String goQuoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"', '\\' -> quoted.append('\\').appendCodePoint(c);
                case '\t' -> quoted.append("\\t");
                case '\n' -> quoted.append("\\n");
                default -> {
                  if (c < ' ') {
                    quoted.append("\\x%02x".formatted(c));
                  } else if (c > 0xffff) {
                    quoted.append("\\U%08x".formatted(c));
                  } else {
                    quoted.appendCodePoint(c);
                  }
                }
              }
            });
    return quoted.append('"').toString();
  }

  private static String shellQuoted(String text) {
    StringBuilder quoted = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              boolean plain = Character.isLetterOrDigit(c) || c == '-' || c == '/' || c <= ' ';
              quoted.append(plain && c != ' ' ? "" : "\\").appendCodePoint(c);
            });
    return quoted.toString();
  }

  private static String percent(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private static String lowerPercent(String text) {
    StringBuilder lower = new StringBuilder(percent(text));
    for (int at = lower.indexOf("%"); at >= 0; at = lower.indexOf("%", at + 3)) {
      lower.replace(at, at + 3, lower.substring(at, at + 3).toLowerCase(Locale.ROOT));
    }
    return lower.toString();
  }

  private static String everyPercent(String text) {
    return "%" + HexFormat.ofDelimiter("%").formatHex(text.getBytes(UTF_8));
  }
}
