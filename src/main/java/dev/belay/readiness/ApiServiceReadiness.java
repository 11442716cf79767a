package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;

/** APIService: the API server can reach who serves it. */
final class ApiServiceReadiness {

  private ApiServiceReadiness() {}

  static Readiness judge(Subject subject) {
    JsonNode available = subject.object().condition("Available");
    return Generic.isTrue(available)
        ? new Current("Available")
        : new InProgress(Generic.said("Not available yet", available));
  }
}
