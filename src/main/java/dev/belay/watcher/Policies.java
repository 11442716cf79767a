package dev.belay.watcher;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.belay.api.Names;
import dev.belay.api.Release;
import dev.belay.api.ReleasePolicy;
import dev.belay.cluster.ReleasePolicies;
import dev.belay.cluster.Revisions;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.InProgress;
import dev.belay.readiness.Readiness;
import dev.belay.report.Bounded;
import dev.belay.rollout.FailureRule;
import dev.belay.rollout.FailureRule.When;
import dev.belay.rollout.Policy;
import dev.belay.rollout.Policy.OnFailure;
import dev.belay.text.Digits;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Which policy holds for a release. */
@ApplicationScoped
class Policies {

  /** A week: what is not ready by then is not going to be. */
  private static final Duration MAX_TIMEOUT = Duration.ofDays(7);

  /** More exits than a day's back-off of the kubelet has. */
  private static final int MAX_EXITS = 20;

  /** Characters of a value that nobody could read. */
  private static final int MAX_ANNOTATION = 50;

  /** As Go prints durations, which is what Kubernetes users write: {@code 90s}, {@code 1h30m}. */
  private static final Pattern DURATION =
      Pattern.compile("(?:(\\d{1,4})h)?(?:(\\d{1,5})m)?(?:(\\d{1,6})s)?");

  private final ReleasePolicies policies;
  private final Policy defaults;

  Policies(
      ReleasePolicies policies,
      @ConfigProperty(name = "belay.timeout") Duration timeout,
      @ConfigProperty(name = "belay.soak") Duration soak,
      @ConfigProperty(name = "belay.yield") Duration yield,
      @ConfigProperty(name = "belay.quiet") Duration quiet,
      @ConfigProperty(name = "belay.failure.exits") int exits,
      @ConfigProperty(name = "belay.failure.minimum") Duration minimum,
      @ConfigProperty(name = "belay.failure.patience") Duration patience,
      @ConfigProperty(name = "belay.failure.image-not-found") Duration imageNotFound) {
    this.policies = policies;
    this.defaults =
        new Policy(timeout, soak, yield, quiet)
            .withFailure(
                new FailureRule(When.EVIDENCE, exits, minimum, patience, imageNotFound, null));
  }

  /** Its own annotation, before the policy of its namespace, before the defaults. */
  Policy of(Release release) {
    Policy policy =
        policies
            .of(release.namespace(), release.name())
            .map(named -> of(named.policy()))
            .orElse(defaults);
    Policy own = timeout(release.object()).map(policy::withTimeout).orElse(policy);
    return own.withFailure(morePatient(own.failure(), release.object()));
  }

  /** A release may ask for more evidence than its policy does, and never for less. */
  private static FailureRule morePatient(FailureRule rule, KubeObject release) {
    int exits = exits(release).orElse(rule.exits());
    Duration minimum = duration(release, Names.FAILURE_MINIMUM_ANNOTATION).orElse(rule.minimum());
    return new FailureRule(
        rule.when(),
        Math.max(exits, rule.exits()),
        minimum.compareTo(rule.minimum()) > 0 ? minimum : rule.minimum(),
        rule.patience(),
        rule.imageNotFound(),
        rule.maximum());
  }

  private static Optional<Integer> exits(KubeObject release) {
    String text = release.annotations().getOrDefault(Names.FAILURE_EXITS_ANNOTATION, "");
    OptionalInt exits = Digits.read(text, 2);
    return exits.isPresent()
        ? Optional.of(exits.getAsInt()).filter(n -> n >= 2 && n <= MAX_EXITS)
        : Optional.empty();
  }

  /** The name of the policy that holds for this release; empty where none does. */
  String named(Release release) {
    return policies
        .of(release.namespace(), release.name())
        .map(ReleasePolicy.Named::name)
        .orElse("");
  }

  /** The timeout that a {@code Release} or a workload is annotated with, if it can be read. */
  static Optional<Duration> timeout(KubeObject object) {
    return duration(object, Names.TIMEOUT_ANNOTATION);
  }

  private static Optional<Duration> duration(KubeObject object, String annotation) {
    String text = object.annotations().get(annotation);
    return text == null ? Optional.empty() : parse(text).filter(Policies::isPossible);
  }

  /** The schema of a policy has the same bound. */
  private static boolean isPossible(Duration timeout) {
    return timeout.compareTo(MAX_TIMEOUT) <= 0;
  }

  /** What is to be said of such annotations that can't be read; empty where all can. */
  static String ignored(KubeObject object) {
    return Stream.of(Names.TIMEOUT_ANNOTATION, Names.FAILURE_MINIMUM_ANNOTATION)
        .filter(name -> object.annotations().containsKey(name))
        .filter(name -> duration(object, name).isEmpty())
        .findFirst()
        .map(name -> ignored(object, name, "duration from 1s to 168h, such as 90s or 10m"))
        .or(
            () ->
                Optional.of(Names.FAILURE_EXITS_ANNOTATION)
                    .filter(name -> object.annotations().containsKey(name))
                    .filter(name -> exits(object).isEmpty())
                    .map(name -> ignored(object, name, "number from 2 to " + MAX_EXITS)))
        .orElse("");
  }

  private static String ignored(KubeObject object, String annotation, String expected) {
    return "its annotation %s is \"%s\", which is no %s, and is ignored"
        .formatted(
            annotation,
            Bounded.text(object.annotations().getOrDefault(annotation, ""), MAX_ANNOTATION),
            expected);
  }

  /**
   * The readiness of this object; while it is waited for, with what is to be said of its timeout.
   */
  static Readiness noting(Readiness readiness, KubeObject object) {
    String ignored = ignored(object);
    return readiness instanceof InProgress inProgress && !ignored.isEmpty()
        ? inProgress.and(ignored)
        : readiness;
  }

  /** How many stored revisions of this release are kept. */
  int historyLimit(ReleaseKey key) {
    return policies
        .of(key.namespace(), key.name())
        .map(named -> named.policy().historyLimit())
        .orElse(Revisions.KEPT);
  }

  private Policy of(ReleasePolicy policy) {
    return new Policy(
        duration(policy.timeout(), defaults.timeout()),
        duration(policy.soak(), defaults.soak()),
        defaults.yield(),
        duration(policy.quiet(), defaults.quiet()),
        switch (policy.rollback() == null ? "automatic" : policy.rollback()) {
          case "manual" -> OnFailure.ASK;
          case "off" -> OnFailure.LEAVE;
          default -> OnFailure.ROLL_BACK;
        },
        policy.failFast() == null || policy.failFast(),
        rule(policy.failure()));
  }

  private FailureRule rule(ReleasePolicy.@Nullable Evidence evidence) {
    FailureRule rule = defaults.failure();
    return evidence == null
        ? rule
        : new FailureRule(
            "Restarts".equals(evidence.when()) ? When.RESTARTS : When.EVIDENCE,
            evidence.exits() == null ? rule.exits() : evidence.exits(),
            duration(evidence.minimum(), rule.minimum()),
            duration(evidence.patience(), rule.patience()),
            duration(evidence.imageNotFound(), rule.imageNotFound()),
            evidence.maximum() == null ? null : parse(evidence.maximum()).orElse(null));
  }

  /** The schema lets nothing else in than durations. */
  private static Duration duration(@Nullable String text, Duration otherwise) {
    return text == null ? otherwise : parse(text).orElse(otherwise);
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

  private static long part(@Nullable String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
