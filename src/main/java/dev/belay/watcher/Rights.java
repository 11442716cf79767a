package dev.belay.watcher;

import dev.belay.cluster.ApiResponse;

/** What is said where Belay lacks a right: short, and with what gives it. */
final class Rights {

  static final String REMEDY =
      "a ClusterRole with the label belay.dev/aggregate-to-belay=true gives Belay the right to get, create, update, patch and delete its kind";

  /** Of the API server's refusal to let somebody grant more than they have. */
  private static final String ESCALATION =
      "attempting to grant RBAC permissions not currently held";

  /** How the API server's own refusals go on; those of policies and quotas do not. */
  private static final String BY_RBAC = "is forbidden: User \"";

  private Rights() {}

  /** The API server's words; where Belay's rights are the reason, in few words with the remedy. */
  static String refusal(ApiResponse response) {
    String message = response.message();
    if (response.code() != 403) {
      return message;
    }
    if (message.contains(ESCALATION)) {
      return "it allows more than Belay may do itself, so the API server lets Belay not write it; restore it yourself, or set the chart's value rbac.restoreAnyRole to true";
    }
    return message.contains(BY_RBAC) ? message + "; " + REMEDY : message;
  }
}
