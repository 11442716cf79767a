package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;

class JsonLinesTest {

  @Test
  void a_line_is_an_object_with_its_context_and_nothing_breaks_it() throws Exception {
    ExtLogRecord logged =
        new ExtLogRecord(Level.WARN, "two\nlines and \"quotes\"", JsonLinesTest.class.getName());
    logged.setLoggerName("dev.belay.Watcher");
    logged.setMdc(Map.of("release", "shop/web", "revision", "3"));
    logged.setThrown(new IllegalStateException("why"));
    String line = new JsonLines().format(logged);
    assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
    JsonNode read = new ObjectMapper().readTree(line);
    assertThat(read.path("message").asText()).isEqualTo("two\nlines and \"quotes\"");
    assertThat(read.path("level").asText()).isEqualTo("WARN");
    assertThat(read.path("release").asText()).isEqualTo("shop/web");
    assertThat(read.path("revision").asText()).isEqualTo("3");
    assertThat(read.path("exception").asText()).startsWith("java.lang.IllegalStateException: why");
  }
}
