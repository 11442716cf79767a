package dev.belay.cli;

import com.google.re2j.Pattern;
import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The times that a user may set, and what is possible: with none at all, or one that is over before
 * it has begun, each change would fail at once; and none may reach beyond what a clock can count.
 * The chart and the schema of {@code ReleasePolicy} have the same bounds.
 *
 * @param variable of the environment
 * @param value in the chart
 * @param least the shortest, included, and so is the longest
 */
record Settings(String variable, String value, String least, String most, String examples) {

  private static final List<Settings> TIMES =
      List.of(
          time("TIMEOUT", "settings.timeout", "1s", "168h", "90s, 10m or 1h30m"),
          time("SOAK", "settings.soak", "1s", "24h", "30s or 2m"),
          time("YIELD", "settings.yield", "1s", "1h", "5s or 1m"),
          time("QUIET", "settings.quiet", "1s", "24h", "30s or 2m"),
          time("FAILURE_MINIMUM", "settings.failure.minimum", "1s", "24h", "10s or 1m"),
          time("FAILURE_PATIENCE", "settings.failure.patience", "1s", "24h", "30s or 2m"),
          time(
              "FAILURE_IMAGE_NOT_FOUND",
              "settings.failure.imageNotFound",
              "1s",
              "24h",
              "10s or 2m"),
          time("LEASE_DURATION", "settings.leaseDuration", "5s", "10m", "15s or 1m"),
          time("CERTIFICATE_VALIDITY", "certificate.validity", "10m", "3650d", "90d or 48h"));

  private static final String EXITS = "BELAY_FAILURE_EXITS";
  private static final Pattern POSSIBLE_EXITS = Pattern.compile("[2-9]|1[0-9]|20");

  private static final String CERTIFICATE = "BELAY_CERTIFICATE";
  private static final Set<String> MAKERS = Set.of("own", "provided");

  private static Settings time(
      String name, String value, String least, String most, String examples) {
    return new Settings("BELAY_" + name, value, least, most, examples);
  }

  /** What can't be meant, a sentence for each; none where all is well. */
  static List<String> wrong(Map<String, String> environment) {
    List<String> wrong = new ArrayList<>();
    for (Settings setting : TIMES) {
      String text = environment.get(setting.variable);
      if (text != null && !setting.allows(read(text))) {
        wrong.add(
            "%s is \"%s\": it must be a time from %s to %s, such as %s. In the chart it is the value %s"
                .formatted(
                    setting.variable,
                    text,
                    setting.least,
                    setting.most,
                    setting.examples,
                    setting.value));
      }
    }
    String exits = environment.get(EXITS);
    if (exits != null && !POSSIBLE_EXITS.matcher(exits).matches()) {
      wrong.add(
          "%s is \"%s\": it must be a number from 2 to 20. In the chart it is the value %s"
              .formatted(EXITS, exits, "settings.failure.exits"));
    }
    String maker = environment.get(CERTIFICATE);
    if (maker != null && !MAKERS.contains(maker)) {
      wrong.add("%s is \"%s\": it must be own or provided".formatted(CERTIFICATE, maker));
    }
    return wrong;
  }

  private boolean allows(@Nullable Duration time) {
    return time != null
        && time.compareTo(DurationConverter.parseDuration(least)) >= 0
        && time.compareTo(DurationConverter.parseDuration(most)) <= 0;
  }

  /** As the program itself is going to read it; null for what it can't. */
  private static @Nullable Duration read(String text) {
    try {
      return DurationConverter.parseDuration(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
