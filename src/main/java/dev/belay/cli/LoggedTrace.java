package dev.belay.cli;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stack trace as it is logged: what each exception says is on one line and bounded, since it may
 * quote what a user wrote.
 */
final class LoggedTrace extends Throwable {

  private static final long serialVersionUID = 1;

  static final int MAX_CAUSES = 10;

  /** A stack that has overflown has a thousand, all alike. */
  private static final int MAX_FRAMES = 100;

  private static final int MAX_SUPPRESSED = 3;

  private final String words;

  private LoggedTrace(Throwable thrown, int causes) {
    super(null, cause(thrown, causes), true, true);
    words = LogLines.line(thrown.toString());
    StackTraceElement[] frames = thrown.getStackTrace();
    setStackTrace(Arrays.copyOf(frames, Math.min(frames.length, MAX_FRAMES)));
    Throwable[] suppressed = thrown.getSuppressed();
    for (int i = 0; i < Math.min(suppressed.length, MAX_SUPPRESSED) && causes > 0; i++) {
      addSuppressed(new LoggedTrace(suppressed[i], 0));
    }
  }

  /** The stack trace of what was thrown. */
  static LoggedTrace of(Throwable thrown) {
    return new LoggedTrace(thrown, MAX_CAUSES);
  }

  private static @Nullable Throwable cause(Throwable thrown, int causes) {
    Throwable cause = thrown.getCause();
    return cause == null || causes == 0 ? null : new LoggedTrace(cause, causes - 1);
  }

  /** Its own frames would be this filter's. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }

  /** Begins with the class of what was thrown, not with this one. */
  @Override
  @SuppressWarnings("OverrideThrowableToString")
  public String toString() {
    return words;
  }
}
