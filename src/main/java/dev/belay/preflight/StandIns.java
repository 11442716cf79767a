package dev.belay.preflight;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A question about a Pod that needs what the release brings along and what is not there yet: it is
 * asked again without that, so that whatever else is wrong with the Pod is found.
 *
 * @param outcome the last one
 * @param without names of what the Pod was asked about without
 */
record StandIns(Outcome outcome, List<String> without) {

  private static final Pattern NO_ACCOUNT =
      Pattern.compile("serviceaccount \"([^\"]+)\" not found");
  private static final Pattern NO_PRIORITY =
      Pattern.compile("no PriorityClass with name (\\S+) was found");
  private static final Pattern NO_RUNTIME = Pattern.compile("RuntimeClass \"([^\"]+)\" not found");

  private static final Need ACCOUNT = new Need("ServiceAccount", NO_ACCOUNT);

  /** As admission says what a Pod names and what is not there, with the kind of it. */
  private static final List<Need> NEEDS =
      List.of(
          ACCOUNT, new Need("PriorityClass", NO_PRIORITY), new Need("RuntimeClass", NO_RUNTIME));

  /** That of a namespace so new that its default account is still to come. */
  static final String NO_DEFAULT = "/default: serviceaccount \"default\" not found";

  private record Need(String kind, Pattern missing) {

    Optional<String> name(String message) {
      Matcher matcher = missing.matcher(message);
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    KubeObject without(KubeObject pod) {
      KubeObject other = pod.copy();
      ObjectNode spec = other.json().withObjectProperty("spec");
      switch (kind) {
        case "ServiceAccount" ->
            spec.put("serviceAccountName", "default").put("serviceAccount", "default");
        // What a Pod repeats of its class is refused without it.
        case "PriorityClass" ->
            spec.remove(List.of("priorityClassName", "priority", "preemptionPolicy"));
        default -> spec.remove(List.of("runtimeClassName", "overhead"));
      }
      return other;
    }
  }

  /** The account that a Pod needs and that is not there, if that is said in these words. */
  static Optional<String> missingAccount(String message) {
    return ACCOUNT.name(message);
  }

  /** The outcome for this Pod. */
  static StandIns ask(KubeObject pod, Brought brought, Function<KubeObject, Outcome> question) {
    List<String> without = new ArrayList<>();
    KubeObject asked = pod;
    Outcome outcome = question.apply(asked);
    for (Need need : NEEDS) { // In the order in which admission looks.
      Optional<String> name =
          outcome instanceof Refused refused
              ? need.name(refused.message())
                  .filter(missing -> brought.named(need.kind(), missing).isPresent())
              : Optional.empty();
      if (name.isPresent()) {
        without.add(need.kind() + "/" + name.get());
        asked = need.without(asked);
        outcome = question.apply(asked);
      }
    }
    return new StandIns(outcome, List.copyOf(without));
  }

  /**
   * In which case a Pod that is refused in these words is let in after all: policies judge by what
   * it is without here, quotas count by it, and the account in its place may be still to come.
   */
  Optional<String> unless(String message) {
    boolean byIt =
        Judgement.byPolicy(message) || Judgement.byQuota(message) || message.contains(NO_DEFAULT);
    return byIt && !without.isEmpty()
        ? Optional.of("unless " + String.join(", ", without) + " of this release changes that")
        : Optional.empty();
  }

  /** The outcome for a Pod that stands in the manifest itself. */
  Outcome ofItself(KubeObject pod) {
    return outcome instanceof Refused refused
        ? unless(refused.message())
            .map(how -> (Outcome) new Depends(refused.message() + " (" + how + ")", pod))
            .orElse(refused)
        : outcome;
  }
}
