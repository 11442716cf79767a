package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;

class LogLinesTest {

  private static final Instant NOON = Instant.parse("2026-12-01T12:00:00Z");
  private static final String FORGED =
      "1\n12:34:56,789 INFO  [d.b.a.Refusals] refused in namespace kube-system: forged";

  private final LogLines lines = new LogLines();

  @Test
  void a_message_is_one_line_whatever_it_quotes() {
    for (String end : List.of("\n", "\r\n", "\r", "\u0085", "\u2028", "\u2029", "\u000b", "\f")) {
      String line = logged("not rolled back to \"" + FORGED.replace("\n", end) + "\"", null, NOON);
      assertThat(line.lines()).as(end).hasSize(1);
      assertThat(line.split("[\u0085\u2028\u2029\u000b\f]")).hasSize(1);
    }
    assertThat(logged("a\nb\r\tc\u001b[2Jd\u0000e\u202ef\ud83dg", null, NOON))
        .isEqualTo("a\\nb\\r\\tc\\u001b[2Jd\\u0000e\\u202ef\\ud83dg\n");
  }

  @Test
  void a_message_is_bounded_and_no_character_is_cut_in_half() {
    assertThat(logged("x".repeat(300_000), null, NOON)).hasSize(LogLines.MAX_CHARS + 1);
    assertThat(logged("\n".repeat(300_000), null, NOON)).hasSizeLessThanOrEqualTo(4_001);
    assertThat(logged("x" + "😀".repeat(3_000), null, NOON)).endsWith("😀…\n");
  }

  @Test
  void what_is_formatted_and_what_an_exception_says_are_messages_too() {
    ExtLogRecord record = record("release %s: %s", NOON);
    record.setMessage("release %s: %s", ExtLogRecord.FormatStyle.PRINTF);
    record.setParameters(new Object[] {"shop/web", FORGED});
    lines.isLoggable(record);
    assertThat(format(record).lines()).hasSize(1);

    RuntimeException thrown =
        new IllegalStateException(FORGED, new IllegalArgumentException(FORGED));
    thrown.addSuppressed(new RuntimeException(FORGED));
    List<String> trace = logged("unexpected", thrown, NOON).lines().toList();
    assertThat(trace.getFirst())
        .startsWith("unexpected: java.lang.IllegalStateException: 1\\n12:34:56,789 INFO");
    assertThat(trace.subList(1, trace.size()))
        .isNotEmpty()
        .allMatch(
            line -> line.isEmpty() || line.startsWith("\t") || line.startsWith("Caused by: "));
    assertThat(trace)
        .anyMatch(line -> line.contains("at " + LogLinesTest.class.getName()))
        .anyMatch(line -> line.startsWith("Caused by: java.lang.IllegalArgumentException: 1\\n"))
        .anyMatch(line -> line.contains("Suppressed: java.lang.RuntimeException: 1\\n"));
  }

  @Test
  void a_stack_trace_is_written_once_a_minute() {
    List<IllegalStateException> failures =
        Stream.of("a", "b\nc", "d").map(IllegalStateException::new).toList();
    assertThat(logged("first", failures.get(0), NOON).lines().count()).isGreaterThan(3);
    assertThat(logged("again", failures.get(1), NOON.plusSeconds(59)))
        .isEqualTo(
            "again: java.lang.IllegalStateException: b\\nc, with the stack trace of"
                + " 2026-12-01T12:00:00Z\n");
    assertThat(logged("other", new IllegalArgumentException("a"), NOON.plusSeconds(59)).lines())
        .as("another exception")
        .hasSizeGreaterThan(3);
    assertThat(logged("later", failures.get(2), NOON.plusSeconds(61)).lines().count())
        .isGreaterThan(3);
  }

  @Test
  void a_second_handler_writes_the_same() {
    ExtLogRecord record = record("failed\nhere", NOON);
    record.setThrown(new IllegalStateException("a"));
    lines.isLoggable(record);
    String first = format(record);
    new LogLines().isLoggable(record);
    assertThat(format(record)).isEqualTo(first).contains("at " + LogLinesTest.class.getName());
  }

  @Test
  void a_stack_that_overflowed_and_a_circle_of_causes_have_an_end() {
    StackOverflowError deep = new StackOverflowError();
    try {
      endless(0);
    } catch (StackOverflowError e) {
      deep = e;
    }
    assertThat(logged("too deep", deep, NOON).lines().count()).isLessThan(120);
    IllegalStateException one = new IllegalStateException("one");
    one.initCause(new IllegalStateException("two", one));
    assertThat(logged("circle", one, NOON).lines().count()).isLessThan(2_000);
  }

  @Test
  void the_path_of_the_gate_is_left_out_of_all_that_is_written() {
    String path = "0123456789abcdef".repeat(4);
    String said =
        logged(
            "Request to /" + path + "/enforce/final failed",
            new IllegalStateException("at https://a/" + path + "/observe/early"),
            NOON);
    assertThat(said)
        .doesNotContain(path)
        .contains("Request to /…/enforce/final failed", "https://a/…/observe/early");
    String digest = "sha256/" + path;
    assertThat(logged(digest, null, NOON)).contains(digest);
    String cut = "x".repeat(LogLines.MAX_CHARS - 20) + "/" + path + "/a";
    assertThat(logged(cut, null, NOON)).doesNotContain("/0123");
  }

  private static int endless(int n) {
    return endless(n + 1) + 1;
  }

  private String logged(String message, Throwable thrown, Instant at) {
    ExtLogRecord record = record(message, at);
    record.setThrown(thrown);
    assertThat(lines.isLoggable(record)).isTrue();
    return format(record);
  }

  private static ExtLogRecord record(String message, Instant at) {
    ExtLogRecord record =
        new ExtLogRecord(
            Level.WARN, message, ExtLogRecord.FormatStyle.NO_FORMAT, LogLinesTest.class.getName());
    record.setInstant(at);
    return record;
  }

  /** As application.properties has it, without the time. */
  private static String format(ExtLogRecord record) {
    return new PatternFormatter("%s%e%n").format(record);
  }
}
