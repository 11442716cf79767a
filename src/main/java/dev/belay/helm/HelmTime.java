package dev.belay.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** Times in a record: RFC 3339 with up to nine decimals and the offset of whoever ran Helm. */
final class HelmTime {

  /** How Go writes the time that was never set; Helm 3 does so for {@code deleted}. */
  private static final Instant UNSET = Instant.parse("0001-01-01T00:00:00Z");

  private HelmTime() {}

  /** The time at this node; null when there is none, it was never set, or it can't be read. */
  static @Nullable Instant read(JsonNode node) {
    if (!node.isTextual()) {
      return null;
    }
    try {
      Instant time = OffsetDateTime.parse(node.textValue()).toInstant();
      return time.equals(UNSET) ? null : time;
    } catch (DateTimeException e) {
      return null;
    }
  }

  static String write(Instant time) {
    return time.toString();
  }
}
