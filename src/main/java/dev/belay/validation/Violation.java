package dev.belay.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.FieldPath;

/**
 * What a rule says about one field; the rule adds the rest of the {@link Finding}.
 *
 * @param field path of the field, in the API version that the object is written in
 * @param value what stands there, cut to {@value #MAX_VALUE} characters; {@code missing} for
 *     nothing
 * @param problem what should hold instead, as a clause: {@code a target must be above 0}
 */
public record Violation(String field, String value, String problem) {

  static final int MAX_VALUE = 80;

  /** The value at this path is wrong. */
  public static Violation at(FieldPath path, JsonNode value, String problem) {
    return new Violation(path.text(), show(value), problem);
  }

  /** The field at this path must be there and is not. */
  public static Violation missing(FieldPath path, String problem) {
    return new Violation(path.text(), "missing", problem);
  }

  private static String show(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "missing";
    }
    String text = value.isTextual() ? "\"" + value.textValue() + "\"" : value.toString();
    return text.length() <= MAX_VALUE ? text : text.substring(0, MAX_VALUE) + "…";
  }
}
