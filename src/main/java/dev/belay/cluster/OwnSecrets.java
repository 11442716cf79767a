package dev.belay.cluster;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;

/** What the Secrets in Belay's own namespace have in common. */
final class OwnSecrets {

  private OwnSecrets() {}

  /** One without data. */
  static KubeObject empty(String namespace, String name, String type) {
    ObjectNode secret = JsonNodeFactory.instance.objectNode();
    secret.put("apiVersion", "v1").put("kind", "Secret").put("type", type);
    secret
        .putObject("metadata")
        .put("name", name)
        .put("namespace", namespace)
        .putObject("labels")
        .put("app.kubernetes.io/name", "belay");
    return new KubeObject(secret);
  }
}
