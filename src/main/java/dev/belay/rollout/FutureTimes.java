package dev.belay.rollout;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.belay.api.KnownBad;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;

/**
 * Times in a status that have not come yet. A watcher whose clock was ahead has written them, or
 * the API server's clock was set back. Until such a time had come, nothing would count as changed
 * since the verdict, and a change would have begun in the future. So they count as now.
 */
public final class FutureTimes {

  /** Two processes' readings of the API server's clock differ by less. */
  static final Duration TOLERANCE = Duration.ofSeconds(2);

  /**
   * The fields that say when something was. {@code lineage} is none: it is what a client's clock
   * has said, and only tells one release from another.
   */
  private static final Set<String> PAST =
      Set.of(
          "at",
          "changedAt",
          "currentSince",
          "detectedAt",
          "finishedAt",
          "firstExit",
          "lastTransitionTime",
          "pullingSince",
          "restoredAt",
          "sentAt",
          "settledAt",
          "startedAt",
          "troubleSince",
          "verifiedAt",
          "withdrawnAt");

  /** The one field that is meant to be in the future: until when a lock holds. */
  private static final String UNTIL = "until";

  private FutureTimes() {}

  /**
   * Sets those times to now, in place; an end of a lock to the longest time that one holds.
   *
   * @return whether there were any
   */
  public static boolean cut(ObjectNode status, Instant now) {
    return cut((JsonNode) status, now.truncatedTo(ChronoUnit.MILLIS));
  }

  private static boolean cut(JsonNode node, Instant now) {
    boolean any = false;
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      boolean ends = field.getKey().equals(UNTIL);
      Instant latest = ends ? now.plus(KnownBad.LONGEST) : now;
      boolean isTime = ends || PAST.contains(field.getKey());
      if (isTime && isAfter(field.getValue(), latest.plus(TOLERANCE))) {
        field.setValue(TextNode.valueOf(latest.toString()));
        any = true;
      } else {
        any |= cut(field.getValue(), now);
      }
    }
    if (node.isArray()) {
      for (JsonNode element : node) {
        any |= cut(element, now);
      }
    }
    return any;
  }

  private static boolean isAfter(JsonNode value, Instant time) {
    try {
      return value.isTextual() && Instant.parse(value.textValue()).isAfter(time);
    } catch (DateTimeException e) {
      return false;
    }
  }
}
