package dev.belay.readiness;

import dev.belay.manifest.KubeObject;
import java.time.Instant;

/**
 * When an Event was seen last. Which field says it depends on who wrote the Event: client-go's
 * older recorder counts and moves {@code lastTimestamp}, the newer one keeps a series, and what was
 * seen once has its {@code eventTime} only.
 */
public final class EventTime {

  private EventTime() {}

  /** The last time; the epoch where the Event tells none. */
  public static Instant last(KubeObject event) {
    String series = event.text("", "series", "lastObservedTime");
    String last = event.text(event.text("", "deprecatedLastTimestamp"), "lastTimestamp");
    return Times.parse(
        !series.isEmpty() ? series : !last.isEmpty() ? last : event.text("", "eventTime"));
  }
}
