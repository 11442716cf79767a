package dev.belay.rollback;

import dev.belay.manifest.KubeObject;

/**
 * Whether somebody has asked for what stands in an object. Whoever sends a field manages it; what
 * the API server, or the scheduler through a subresource, fills in nobody does.
 */
final class Managers {

  private Managers() {}

  /** Whether somebody has sent this field of the spec. */
  static boolean ofSpec(KubeObject stored, String field) {
    return stored.list("metadata", "managedFields").stream()
        .filter(entry -> entry.path("subresource").asText().isEmpty())
        .anyMatch(entry -> entry.path("fieldsV1").path("f:spec").has("f:" + field));
  }
}
