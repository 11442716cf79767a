package dev.belay.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kinds that releases are made of are those that the webhooks look at. */
class GatedKindsTest {

  @ParameterizedTest
  @CsvSource({"070-validating-webhooks.yaml,final", "071-mutating-webhooks.yaml,early"})
  void the_rules_of_each_entry_name_the_same_kinds(String manifest, String entry) throws Exception {
    Set<String> kinds = new TreeSet<>();
    GatedKinds.ALL.forEach(kind -> kinds.add(kind.apiVersion() + " " + kind.plural()));
    KubeObject webhooks =
        ManifestReader.read(Files.readString(Path.of("k8s/manifests", manifest))).getFirst();
    int entries = 0;
    for (JsonNode webhook : webhooks.list("webhooks")) {
      if (webhook.path("name").asText().startsWith(entry + ".")) {
        entries++;
        assertThat(kinds(webhook)).as(webhook.path("name").asText()).isEqualTo(kinds);
      }
    }
    assertThat(entries).isEqualTo(2);
  }

  /** In the newest version of each that a rule names. */
  private static Set<String> kinds(JsonNode webhook) {
    Set<String> kinds = new TreeSet<>();
    for (JsonNode rule : webhook.path("rules")) {
      String group = rule.path("apiGroups").path(0).asText();
      JsonNode versions = rule.path("apiVersions");
      String version = versions.path(versions.size() - 1).asText();
      rule.path("resources")
          .forEach(
              resource ->
                  kinds.add(
                      (group.isEmpty() ? version : group + "/" + version)
                          + " "
                          + resource.asText()));
    }
    return kinds;
  }
}
