package dev.belay.readiness;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;

/**
 * CustomResourceDefinition, as kstatus (crdConditions): its names are accepted and it is served.
 */
final class CustomResourceDefinitionReadiness {

  private CustomResourceDefinitionReadiness() {}

  static Readiness judge(Subject subject) {
    KubeObject definition = subject.object();
    JsonNode names = definition.condition("NamesAccepted");
    if (Generic.isFalse(names)) {
      return subject.failed(
          Reasons.NAMES_NOT_ACCEPTED, Generic.said("its names are not accepted", names));
    }
    JsonNode established = definition.condition("Established");
    if (Generic.isTrue(established)) {
      return new Current("Established");
    }
    boolean isFinal =
        Generic.isFalse(established) && !established.path("reason").asText().equals("Installing");
    return isFinal
        ? subject.failed(
            Reasons.NOT_ESTABLISHED, Generic.said("it is not established", established))
        : new InProgress("Not established yet");
  }
}
