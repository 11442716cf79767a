package dev.belay.validation;

import dev.belay.manifest.ObjectKey;

/**
 * One broken rule at one field of one object.
 *
 * @param rule id of the rule
 * @param severity what becomes of the object
 * @param object the object, as it names itself
 * @param field path of the field, in the API version that the object is written in
 * @param value what stands there; {@code missing} for nothing
 * @param problem what should hold instead, as a clause
 * @param remedy what to do, as a sentence
 */
public record Finding(
    String rule,
    Severity severity,
    ObjectKey object,
    String field,
    String value,
    String problem,
    String remedy) {

  /** All of it for a person to read and act on. */
  public String message() {
    return object.display() + ": " + text();
  }

  /** The same, where it is clear which object is meant. */
  public String text() {
    return "%s is %s; %s. %s [%s]".formatted(field, value, problem, remedy, rule);
  }
}
