package dev.belay.watcher;

import dev.belay.api.Names;
import dev.belay.api.Release;
import dev.belay.rollout.Policy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Which policy holds for a release. */
@ApplicationScoped
class Policies {

  private static final Logger LOG = Logger.getLogger(Policies.class);

  /** As Go prints durations, which is what Kubernetes users write: {@code 90s}, {@code 1h30m}. */
  private static final Pattern DURATION =
      Pattern.compile("(?:(\\d{1,4})h)?(?:(\\d{1,5})m)?(?:(\\d{1,6})s)?");

  private final Policy defaults;

  Policies(
      @ConfigProperty(name = "belay.timeout") Duration timeout,
      @ConfigProperty(name = "belay.soak") Duration soak,
      @ConfigProperty(name = "belay.yield") Duration yield,
      @ConfigProperty(name = "belay.quiet") Duration quiet) {
    this.defaults = new Policy(timeout, soak, yield, quiet);
  }

  Policy of(Release release) {
    String text = release.object().annotations().get(Names.TIMEOUT_ANNOTATION);
    if (text == null) {
      return defaults;
    }
    Optional<Duration> timeout = parse(text);
    if (timeout.isEmpty()) {
      LOG.warnf(
          "Release %s/%s: annotation %s is \"%s\", which is no duration such as 90s or 10m; using %s",
          release.namespace(), release.name(), Names.TIMEOUT_ANNOTATION, text, defaults.timeout());
    }
    return timeout.map(defaults::withTimeout).orElse(defaults);
  }

  static Optional<Duration> parse(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      return Optional.empty();
    }
    Duration duration =
        Duration.ofHours(part(matcher.group(1)))
            .plusMinutes(part(matcher.group(2)))
            .plusSeconds(part(matcher.group(3)));
    return duration.isZero() ? Optional.empty() : Optional.of(duration);
  }

  private static long part(@org.jspecify.annotations.Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
