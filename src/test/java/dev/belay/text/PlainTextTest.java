package dev.belay.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlainTextTest {

  @Test
  void codes_of_terminals_are_taken_out_whole() {
    for (String code :
        List.of(
            "\u001b[1;31m",
            "\u001b[?25l",
            "\u001b[ q",
            "\u001b]0;title\u0007",
            "\u001b]8;;http://a/b\u001b\\",
            "\u001b(B",
            "\u001bM",
            "\u009b31m")) {
      assertThat(TerminalCodes.without("a" + code + "b"))
          .as(Printable.escaped(code, 99))
          .isEqualTo("ab");
    }
    assertThat(TerminalCodes.without("a\u001b")).isEqualTo("a\u001b");
    assertThat(TerminalCodes.without("a\u001b[31")).isEqualTo("a\u001b[31");
    assertThat(TerminalCodes.without("a\u001b]open\nb")).isEqualTo("aopen\nb");
  }

  @Test
  void codes_that_do_not_end_take_linear_time() {
    for (String begin :
        List.of("\u001b[", "\u001b]", "\u001b[0;", "\u001b]a", "\u001b(", "\u001b")) {
      assertThat(
              Growth.isLinear(
                  text -> {
                    for (int at = 0; at < text.length(); ) {
                      at = Math.max(at + 1, TerminalCodes.end(text, at));
                    }
                  },
                  "",
                  begin,
                  "",
                  500))
          .as(Printable.escaped(begin, 99))
          .isTrue();
    }
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> assertThat(TerminalCodes.without("\u001b[0;".repeat(500_000))).isNotEmpty());
  }

  @Test
  void lines_and_words_are_joined() {
    assertThat(Lines.joined("  a \r\n\n\t b  c\n")).isEqualTo("a; b  c");
    assertThat(Lines.words(" a \n\t b  c\n")).isEqualTo("a b c");
    assertThat(Lines.words("")).isEmpty();
  }

  @Test
  void a_number_has_digits_only_and_not_too_many() {
    assertThat(Digits.read("0042", 4)).hasValue(42);
    assertThat(Digits.read("999999999", Digits.MAX)).hasValue(999_999_999);
    for (String none : List.of("", "-1", "+1", " 1", "1 ", "1.0", "\u0661", "1234567890")) {
      assertThat(Digits.read(none, 20)).as(none).isEmpty();
    }
    assertThat(Digits.read("12345", 4)).isEmpty();
    assertThat(Digits.are("123456789012")).isTrue();
    assertThat(Digits.are("")).isFalse();
  }
}
