package dev.belay.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.EventTime;
import dev.belay.text.Lines;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The few Events that a report quotes. */
public final class WarningEvents {

  private static final int MAX_LINES = 5;
  private static final int LINE_CHARS = 400;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

  private WarningEvents() {}

  /**
   * The warnings among these Events, the newest first, at most {@value #MAX_LINES} lines of at most
   * {@value #LINE_CHARS} characters: {@code Pod/web-1: Unhealthy (3 times, last at 12:00:05 UTC):
   * Liveness probe failed: ...}.
   *
   * @param mask takes what must not be told out of a message, before it is cut
   */
  public static List<String> lines(List<KubeObject> events, UnaryOperator<String> mask) {
    return events.stream()
        .filter(event -> event.text("", "type").equals("Warning"))
        .sorted(Comparator.comparing(EventTime::last).reversed())
        .collect(
            Collectors.toMap(
                WarningEvents::saying,
                event -> event,
                (newest, older) -> newest,
                LinkedHashMap<String, KubeObject>::new))
        .values()
        .stream()
        .map(event -> line(event, mask))
        .distinct()
        .limit(MAX_LINES)
        .toList();
  }

  /** The scheduler begins a new Event for each series of the same words. */
  private static String saying(KubeObject event) {
    return "%s %s %s".formatted(about(event), event.text("", "reason"), message(event));
  }

  private static String about(KubeObject event) {
    JsonNode about =
        event.at("involvedObject").isMissingNode()
            ? event.at("regarding")
            : event.at("involvedObject");
    return about.path("kind").asText() + "/" + about.path("name").asText();
  }

  private static String message(KubeObject event) {
    return event.text(event.text("", "note"), "message");
  }

  private static String line(KubeObject event, UnaryOperator<String> mask) {
    String line =
        "%s: %s%s: %s"
            .formatted(
                about(event),
                event.text("", "reason"),
                seen(event),
                Lines.joined(mask.apply(message(event))));
    return Bounded.text(line, LINE_CHARS);
  }

  /** How often and when, as far as the Event tells it. */
  private static String seen(KubeObject event) {
    Instant last = EventTime.last(event);
    long count = event.number(1, "count");
    count = event.number(event.number(count, "deprecatedCount"), "series", "count");
    String at = last.equals(Instant.EPOCH) ? "" : TIME.format(last);
    if (count < 2) {
      return at.isEmpty() ? "" : " (at " + at + ")";
    }
    return " (%d times%s)".formatted(count, at.isEmpty() ? "" : ", last at " + at);
  }
}
