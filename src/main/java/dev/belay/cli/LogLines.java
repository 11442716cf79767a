package dev.belay.cli;

import dev.belay.text.Printable;
import io.quarkus.logging.LoggingFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Makes one line of each message that is logged, by whatever class: messages quote what users,
 * containers and the API server wrote. Line feeds and other control characters are escaped, and a
 * message has at most {@value #MAX_CHARS} characters. The gate's path, which is a secret, is left
 * out: Quarkus tells the path of a request that fails (QuarkusErrorHandler).
 *
 * <p>A stack trace keeps its lines, each of which begins with a tab, {@code Caused by} or {@code
 * Suppressed}. One that was written in the last minute is only named: what a user sends again and
 * again fills no disk.
 */
@LoggingFilter(name = "log-lines")
public final class LogLines implements Filter {

  static final int MAX_CHARS = 4_000;

  private static final Duration ONCE_IN = Duration.ofMinutes(1);

  /** Stack traces that are remembered. */
  private static final int MAX_TRACES = 100;

  /** Frames of it by which a stack trace is known. */
  private static final int KNOWN_BY = 20;

  private static final int PATH_CHARS = 64;
  private static final ExtFormatter MESSAGE = new PatternFormatter("%s");

  private final Map<Integer, Instant> written =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Instant> eldest) {
          return size() > MAX_TRACES;
        }
      };

  @Override
  public boolean isLoggable(LogRecord logged) {
    if (logged instanceof ExtLogRecord record) {
      String message = line(MESSAGE.formatMessage(record));
      Throwable thrown = record.getThrown();
      // Another handler's filter may have been here before.
      if (thrown != null && !(thrown instanceof LoggedTrace)) {
        Instant before = writtenBefore(thrown, record.getInstant());
        record.setThrown(before == null ? LoggedTrace.of(thrown) : null);
        if (before != null) {
          message = line(message + ": " + thrown + ", with the stack trace of " + before);
        }
      }
      record.setMessage(message, ExtLogRecord.FormatStyle.NO_FORMAT);
    }
    return true;
  }

  /** When the same stack trace was written, if that was a short time ago; null if not. */
  private synchronized @Nullable Instant writtenBefore(Throwable thrown, Instant now) {
    int trace = 0;
    Throwable at = thrown;
    for (int causes = 0; at != null && causes < LoggedTrace.MAX_CAUSES; causes++) {
      StackTraceElement[] frames = at.getStackTrace();
      trace = 31 * trace + at.getClass().hashCode();
      trace =
          31 * trace + Arrays.hashCode(Arrays.copyOf(frames, Math.min(frames.length, KNOWN_BY)));
      at = at.getCause();
    }
    Instant before = written.get(trace);
    if (before != null && now.isBefore(before.plus(ONCE_IN))) {
      return before;
    }
    written.remove(trace);
    written.put(trace, now);
    return null;
  }

  /** The text on one line, without the gate's path, and bounded. */
  static String line(String text) {
    return Printable.escaped(withoutPath(text), MAX_CHARS);
  }

  private static String withoutPath(String text) {
    StringBuilder rest = new StringBuilder();
    int copied = 0;
    for (int at = text.indexOf('/'); at >= 0; at = text.indexOf('/', at + 1)) {
      if (isPath(text, at)) {
        rest.append(text, copied, at).append("/…");
        copied = at + 1 + PATH_CHARS;
      }
    }
    return copied == 0 ? text : rest.append(text, copied, text.length()).toString();
  }

  /** Whether so many hexadecimal digits stand between this slash and the next one. */
  private static boolean isPath(String text, int slash) {
    int end = slash + 1 + PATH_CHARS;
    if (end >= text.length() || text.charAt(end) != '/') {
      return false;
    }
    for (int at = slash + 1; at < end; at++) {
      char c = text.charAt(at);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }
}
