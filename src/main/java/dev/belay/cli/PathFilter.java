package dev.belay.cli;

import io.quarkus.logging.LoggingFilter;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;

/**
 * Keeps the gate's path, which is a secret, out of the log: Quarkus tells the path of a request
 * that fails (QuarkusErrorHandler).
 */
@LoggingFilter(name = "gate-path")
public final class PathFilter implements Filter {

  private static final Pattern PATH = Pattern.compile("/[0-9a-f]{64}(?=/)");
  private static final ExtFormatter MESSAGE = new PatternFormatter("%s");

  @Override
  public boolean isLoggable(LogRecord logged) {
    if (logged instanceof ExtLogRecord record) {
      Matcher path = PATH.matcher(MESSAGE.formatMessage(record));
      if (path.find()) {
        record.setMessage(path.replaceAll("/…"), ExtLogRecord.FormatStyle.NO_FORMAT);
      }
    }
    return true;
  }
}
