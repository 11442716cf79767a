package dev.belay.cluster;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Until when an answer is worth anything: the API server says how long it waits. */
public record Deadline(long nanos) {

  /** Kept for the way back, so that the answer arrives before the API server gives up. */
  private static final Duration MARGIN = Duration.ofMillis(500);

  private static final Pattern SECONDS = Pattern.compile("(\\d{1,3})s");

  /** From the {@code timeout} parameter that the API server adds to a webhook's URL. */
  public static Deadline of(@Nullable String timeout, Duration otherwise) {
    Duration duration = otherwise;
    if (timeout != null) {
      Matcher matcher = SECONDS.matcher(timeout);
      if (matcher.matches()) {
        duration = Duration.ofSeconds(Math.max(1, Long.parseLong(matcher.group(1))));
      }
    }
    return new Deadline(System.nanoTime() + duration.minus(MARGIN).toNanos());
  }

  public Duration left() {
    return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
  }
}
