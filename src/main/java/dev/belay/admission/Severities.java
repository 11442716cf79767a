package dev.belay.admission;

import dev.belay.cluster.ReleasePolicies;
import dev.belay.membership.Marks;
import dev.belay.validation.Severity;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The severities of rules that the policy of a release sets. */
@ApplicationScoped
class Severities {

  private final ReleasePolicies policies;

  Severities(ReleasePolicies policies) {
    this.policies = policies;
  }

  /** Severity by id of the rule; a rule that is not in it has its own. */
  Map<String, Severity> of(String namespace, String release) {
    Map<String, Severity> severities = new HashMap<>();
    policies
        .known(namespace, release)
        .ifPresent(
            named ->
                named
                    .policy()
                    .rules()
                    .forEach(
                        (rule, severity) ->
                            severity(severity).ifPresent(set -> severities.put(rule, set))));
    return severities;
  }

  /**
   * The same for what names its release itself; none for what does not. As the author has named it:
   * whether Helm keeps records of that name would have to be asked for every write, and what the
   * API server refuses is refused whatever a policy says of a rule.
   */
  Map<String, Severity> of(Review review) {
    return Marks.release(review.object())
        .map(release -> of(review.namespace(), release))
        .orElse(Map.of());
  }

  /** The schema lets nothing else in. */
  private static Optional<Severity> severity(String text) {
    try {
      return Optional.of(Severity.valueOf(text.toUpperCase(Locale.ROOT)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
