package dev.belay.readiness;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Times as the API server writes them. */
final class Times {

  private Times() {}

  /** The time; the epoch where the text is none. */
  static Instant parse(String rfc3339) {
    try {
      return Instant.parse(rfc3339);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  /** Whether this was before that; not where the text is no time. */
  static boolean isBefore(String rfc3339, Instant then) {
    try {
      return Instant.parse(rfc3339).isBefore(then);
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  /**
   * How long ago this was; zero when the text is no time or lies in the future, so that what is not
   * known never exceeds a tolerance.
   */
  static Duration since(String rfc3339, Instant now) {
    try {
      Duration age = Duration.between(Instant.parse(rfc3339), now);
      return age.isNegative() ? Duration.ZERO : age;
    } catch (DateTimeParseException e) {
      return Duration.ZERO;
    }
  }
}
