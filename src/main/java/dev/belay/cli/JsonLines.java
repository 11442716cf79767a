package dev.belay.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/**
 * The log as JSON objects, one a line, with what the code knows of its context as fields: {@code
 * release} and {@code revision} in the watcher, {@code webhook} and {@code namespace} in the gate.
 * Of our own, since the extension for it can't be had in the version that Belay is built with.
 */
final class JsonLines extends ExtFormatter {

  /** Makes all handlers that there are write so. */
  static void install() {
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      install(handler);
    }
  }

  private static void install(Handler handler) {
    handler.setFormatter(new JsonLines());
    if (handler instanceof ExtHandler parent) {
      for (Handler child : parent.getHandlers()) {
        install(child);
      }
    }
  }

  @Override
  public String format(ExtLogRecord logged) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("timestamp", logged.getInstant().toString());
    line.put("level", logged.getLevel().getName());
    line.put("logger", logged.getLoggerName());
    line.put("thread", logged.getThreadName());
    logged.getMdcCopy().forEach(line::put);
    line.put("message", formatMessage(logged));
    if (logged.getThrown() != null) {
      StringWriter trace = new StringWriter();
      logged.getThrown().printStackTrace(new PrintWriter(trace));
      line.put("exception", trace.toString());
    }
    return line + "\n";
  }
}
