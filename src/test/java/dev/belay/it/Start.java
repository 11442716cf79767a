package dev.belay.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the Pods of a template start on a simulated node: the annotation {@code kubelet.test/start},
 * whose fields k8s/local/README.md explains. Times are in seconds.
 */
record Start(Map<String, Object> fields) {

  /** More exits than a test has time for. */
  static final int EVER = 9999;

  private static final ObjectMapper JSON = new ObjectMapper();

  static final Start WELL = new Start(Map.of());

  /** Ready this long after it runs. */
  static Start ready(int seconds) {
    return WELL.with("ready", seconds);
  }

  /** Its first starts end with an error, this long after each. */
  static Start exits(int times, int runs) {
    return WELL.with("exits", times).with("runs", runs);
  }

  /** The image can't be pulled, with this answer. */
  static Start pullError(String answer) {
    return WELL.with("pullError", answer);
  }

  /** The container can't be created, with this message. */
  static Start createError(String message) {
    return WELL.with("createError", message);
  }

  Start with(String field, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(fields);
    more.put(field, value);
    return new Start(more);
  }

  /** Only of the Pods for which this pattern is found in {@code POD NODE}. */
  Start on(String pattern) {
    return with("on", pattern);
  }

  /** The annotation as YAML in single quotes holds it. */
  String quoted() {
    try {
      return "'" + JSON.writeValueAsString(fields).replace("'", "''") + "'";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
