package dev.belay.preflight;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.belay.cluster.Actor;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.DryRun;
import dev.belay.preflight.Outcome.Comes;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Whether a refusal by the API server is one that Helm would meet. One that is about Belay's own
 * rights, about trouble that passes, or about something that the release itself is going to change
 * says nothing about the release.
 *
 * @param byParameters what the release does with that by which a policy judges that refuses in
 *     these words
 */
record Judgement(Brought brought, Actor actor, Function<String, Optional<String>> byParameters) {

  private static final List<String> BY_POLICY =
      List.of("denied the request", "denied request: ", "ValidatingAdmissionPolicy");

  /**
   * A webhook that admits, or one that converts a custom resource to the version it is stored in.
   */
  private static final List<String> BY_SILENCE =
      List.of("failed calling webhook", "conversion webhook for ");

  private static final List<String> BY_QUOTA = List.of("exceeded quota", "failed quota");
  private static final List<String> BY_LIMIT_RANGE =
      List.of(" usage per ", " limit to request ratio per ");

  /** Server-side apply that can't read the object says so as an internal error. */
  private static final List<String> BY_TYPE =
      List.of("failed to create typed patch object", "failed to convert new object");

  /** A role that a binding refers to (kubernetes, pkg/registry/rbac/validation). */
  private static final Pattern ROLE =
      Pattern.compile("(?:cluster)?roles\\.rbac\\.authorization\\.k8s\\.io \"([^\"]+)\" not found");

  private static final Pattern NAMED =
      Pattern.compile("\\S* ?(?:\"[^\"]*\" )?is (?:invalid|forbidden): ");

  /** How server-side apply names a value of a wrong type: as Go prints what it has read it into. */
  private static final Pattern GO_VALUE =
      Pattern.compile("&value\\.valueUnstructured\\{Value:([^{}]*)}");

  /** The outcome for an answer that is no success and no conflict. */
  Outcome of(DryRun.Answer answer) {
    String message = answer.response().message();
    Matcher role = ROLE.matcher(message);
    if (answer.response().notFound() && role.find() && brought.role(role.group(1)).isPresent()) {
      String kind = message.startsWith("clusterrole") ? "ClusterRole/" : "Role/";
      return new Comes(kind + role.group(1));
    }
    if (!isAnswer(answer)) {
      return new Unknown(message);
    }
    return dependsOn(answer)
        .map(since -> (Outcome) new Unknown(words(answer.response()), since))
        .orElseGet(() -> new Refused(field(answer.response()), words(answer.response())));
  }

  /** Whether these words are about the object, and are what Helm would be told as well. */
  private static boolean isAnswer(DryRun.Answer answer) {
    String message = answer.response().message();
    if (answer.notAnswered()) {
      return false;
    }
    if (byPolicy(message)) {
      return answer.asActor();
    }
    return switch (answer.response().code()) {
      case 400, 422 -> true;
      // Rights, and admission that looks at who asks: this is the request that Helm is going to
      // send.
      case 403 -> answer.asActor() || byState(message);
      // What the object is to be put into, and what does not come with the release.
      case 404 -> message.startsWith("namespaces \"");
      // A webhook that nobody answers for, and without which nothing is stored.
      case 500 -> has(message, BY_TYPE) || bySilence(message);
      default -> false;
    };
  }

  /** What the release does that this refusal depends on. */
  private Optional<String> dependsOn(DryRun.Answer answer) {
    String message = answer.response().message();
    if (byPolicy(message)) {
      return brought
          .policies(message)
          .or(() -> byParameters.apply(message))
          .or(() -> brought.surroundings(answer.asked(), message));
    }
    return switch (answer.response().code()) {
      case 403 -> forbidden(answer, message);
      case 500 -> bySilence(message) ? brought.webhook(message) : Optional.empty();
      default -> Optional.empty();
    };
  }

  private Optional<String> forbidden(DryRun.Answer answer, String message) {
    if (byQuota(message)) {
      // A LimitRange sets what a Pod does not say itself.
      return brought
          .quota(message)
          .or(brought::limits)
          .or(() -> brought.runtimeClass(answer.asked()));
    }
    if (byLimitRange(message)) {
      return brought.limits();
    }
    if (byPodSecurity(message)) {
      return brought.namespace(answer.asked());
    }
    return brought
        .rights(actor)
        .or(() -> brought.grants(message))
        .or(() -> brought.surroundings(answer.asked(), message));
  }

  /** Whether it is refused for what is in the namespace, whoever asks. */
  private static boolean byState(String message) {
    return byQuota(message) || byLimitRange(message) || byPodSecurity(message);
  }

  private static boolean byPodSecurity(String message) {
    return message.contains("violates PodSecurity");
  }

  /** Whether a policy, or a webhook, refuses in these words. */
  static boolean byPolicy(String message) {
    return has(message, BY_POLICY);
  }

  /** Whether it is refused because a webhook does not answer. */
  static boolean bySilence(String message) {
    return has(message, BY_SILENCE);
  }

  /** Whether a ResourceQuota refuses in these words. */
  static boolean byQuota(String message) {
    return has(message, BY_QUOTA);
  }

  /** Whether a LimitRange refuses in these words. */
  static boolean byLimitRange(String message) {
    return has(message, BY_LIMIT_RANGE);
  }

  private static boolean has(String message, List<String> marks) {
    return marks.stream().anyMatch(message::contains);
  }

  private static String field(ApiResponse refused) {
    return refused.body().path("details").path("causes").path(0).path("field").asText("");
  }

  /** The server's words, without the object's name when they begin with it. */
  private static String words(ApiResponse refused) {
    String message = GO_VALUE.matcher(refused.message()).replaceAll("$1");
    Matcher named = NAMED.matcher(message);
    return named.lookingAt() ? message.substring(named.end()) : message;
  }
}
