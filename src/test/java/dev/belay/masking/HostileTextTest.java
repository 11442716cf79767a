package dev.belay.masking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import dev.belay.text.Growth;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Secrets and texts that are made to cost time. */
class HostileTextTest {

  /** Time of this thread alone: other work on the machine is not the gate's. */
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** For 64 KiB of text or 1 MiB of values, with the first compiler only; quadratic takes hours. */
  private static final Duration AT_THE_MOST = Duration.ofSeconds(20);

  private static final int VALUE = 1_000_000;

  @Test
  void no_value_of_a_secret_takes_long_to_be_known() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("blanks behind an assignment", "a=x" + " ".repeat(VALUE) + "x");
    values.put("quotes behind an assignment", "a=" + "\"'".repeat(VALUE / 2));
    values.put("assignments", "a=b ".repeat(VALUE / 4));
    values.put("words", "export ".repeat(VALUE / 7));
    values.put("schemes", "://".repeat(VALUE / 3));
    values.put("urls without an end", "://a:b".repeat(VALUE / 6));
    values.put("at signs", "://a:" + "b@".repeat(VALUE / 2));
    values.put("one character", "a".repeat(VALUE));
    values.put("many short lines", "abcdefgh\n".repeat(VALUE / 9));
    StringBuilder lines = new StringBuilder();
    for (int i = 0; lines.length() < VALUE; i++) {
      lines.append("a".repeat(60)).append("%08d".formatted(i)).append('\n');
    }
    values.put("lines that begin alike", lines.toString());
    values.put("json", "{\"a\": [" + "\"aaaaaaaa\",".repeat(VALUE / 11) + "1]}");
    values.put("open json", "[".repeat(VALUE));
    values.put("escapes", "\u001b[0;".repeat(VALUE / 4));
    values.forEach(
        (name, value) -> {
          long took = time(() -> Masking.of(List.of(secret(value))).mask("a: " + value));
          assertThat(Duration.ofMillis(took)).as(name).isLessThan(AT_THE_MOST);
        });
  }

  @Test
  void no_text_takes_long_to_be_masked() {
    StringBuilder many = new StringBuilder();
    for (int n = 4; many.length() < VALUE / 2; n = n == 300 ? 4 : n + 1) {
      many.append("a".repeat(n)).append("b".repeat(n % 7)).append('\n');
    }
    for (int i = 0; i < 10_000; i++) {
      many.append("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").append(i).append('\n');
    }
    Masking secrets = Masking.of(List.of(secret(many.toString()), secret("a".repeat(5_000))));
    for (String piece :
        List.of(
            "a",
            "aaaa.",
            "...",
            "a...",
            "…",
            "://a:b",
            "://",
            "@",
            "\\",
            "\\u0061",
            "\\u005cu005c",
            "\\\"",
            "%61",
            "%2561",
            "%5c",
            "%5cu0061+",
            "+",
            "YWFh",
            "6161",
            "61:61 ",
            "\u001b[",
            "\u001b]",
            "\u001b[3",
            "a/",
            "Pod/a-",
            "container a-",
            "a-",
            "[a]",
            "\"a\"",
            "é",
            "😀",
            "\ud83d",
            "\n",
            " ",
            "token=",
            "token=\"",
            "token='\\",
            "pass",
            "pass:  ")) {
      String text = piece.repeat(VALUE / piece.length());
      assertThat(Duration.ofMillis(time(() -> secrets.maskCut(text))))
          .as(piece)
          .isLessThan(AT_THE_MOST);
      assertThat(Duration.ofMillis(time(() -> SecretNames.maskAssignments(text))))
          .as(piece)
          .isLessThan(AT_THE_MOST);
      assertThat(
              Growth.isLinear(
                  urls -> UrlPasswords.find(urls, (from, to) -> {}), "", piece, "", 500))
          .as(piece)
          .isTrue();
    }
  }

  @Test
  void assignments_of_long_words_take_linear_time() {
    for (String text :
        List.of(
            "0123456789abcdef".repeat(VALUE / 16),
            "pass".repeat(VALUE / 4),
            "pass" + " ".repeat(VALUE) + "x",
            "token:".repeat(VALUE / 6),
            "token=\"\\".repeat(VALUE / 8))) {
      assertThat(Duration.ofMillis(time(() -> SecretNames.maskAssignments(text))))
          .isLessThan(AT_THE_MOST);
    }
  }

  @Test
  void of_a_text_that_is_too_long_the_beginning_is_told_and_no_part_of_a_value() {
    Masking secrets = Masking.of(List.of(secret("correct-horse-battery")));
    String said = secrets.mask("x".repeat(Masking.MAX_TEXT_CHARS - 8) + " correct-horse-battery");
    assertThat(said).endsWith("x (masked)…").doesNotContain("correct");
  }

  /** Milliseconds that this takes the processor. */
  private static long time(Runnable work) {
    long begun = THREADS.getCurrentThreadCpuTime();
    work.run();
    return Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - begun).toMillis();
  }

  private static KubeObject secret(String value) {
    ObjectNode secret = JsonNodeFactory.instance.objectNode();
    secret.put("apiVersion", "v1").put("kind", "Secret");
    secret.putObject("metadata").put("name", "a");
    secret.putObject("data").put("a", Base64.getEncoder().encodeToString(value.getBytes(UTF_8)));
    return new KubeObject(secret);
  }
}
