package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Whether objects are as they were, field by field, and owned by whom they were owned by. */
final class Sameness {

  private Sameness() {}

  static void assertSame(Map<String, KubeObject> before, Map<String, KubeObject> after) {
    assertThat(after.keySet()).isEqualTo(before.keySet());
    before.forEach(
        (name, object) -> {
          assertThat(content(after.get(name))).as(name).isEqualTo(content(object));
          assertThat(owners(after.get(name))).as("owners of " + name).isEqualTo(owners(object));
        });
  }

  /** What people wrote: without what the API server assigns and controllers count. */
  static JsonNode content(KubeObject object) {
    KubeObject content = object.copy();
    content.json().remove("status");
    ObjectNode metadata = (ObjectNode) content.json().get("metadata");
    metadata.remove(
        List.of("uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"));
    if (metadata.get("annotations") instanceof ObjectNode annotations) {
      annotations.remove(
          List.of("deployment.kubernetes.io/revision", "deprecated.daemonset.template.generation"));
    }
    return content.json();
  }

  /** Manager, operation and fields of each entry that is not about a subresource. */
  static Set<String> owners(KubeObject object) {
    Set<String> owners = new TreeSet<>();
    for (JsonNode entry : object.list("metadata", "managedFields")) {
      if (entry.path("subresource").asText().isEmpty()) {
        owners.add(
            entry.path("manager").asText()
                + " "
                + entry.path("operation").asText()
                + " "
                + entry.path("fieldsV1"));
      }
    }
    return owners;
  }

  /**
   * When each of its managers wrote it last; not its status, which controllers write at any time.
   */
  static Set<String> written(KubeObject object) {
    Set<String> written = new TreeSet<>();
    for (JsonNode entry : object.list("metadata", "managedFields")) {
      if (entry.path("subresource").asText().isEmpty()) {
        written.add(entry.path("manager").asText() + " " + entry.path("time").asText());
      }
    }
    return written;
  }
}
