package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The log for collectors: which release a line is about is a field of it, not only words. */
@Alone
class JsonLogIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @AfterEach
  void end() {
    BelayProcess.shutDown();
  }

  @Test
  void eachLineOfAReleaseSaysWhichAndWhatRevision() throws Exception {
    BelayProcess.instead(Map.of("BELAY_LOG_JSON", "true"));
    try (TestNamespace helms = TestNamespace.enforced();
        TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("apply", "-f", new Shop("shop:1", "Welcome", 80).folder()).succeeds();
      helms.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitCondition("shop", "Ready", "True");
      helms.awaitStable("shop", 1);
      shop.kubectl("apply", "-f", new Shop("shop-crashes:2", "Broken", 80).folder()).succeeds();
      helms
          .helm(
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-crashes")
          .succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      helms.awaitCondition("shop", "RolledBack", "True");
      assertThat(failed(shop).path("revision").asText()).as("the stored one").isEqualTo("1");
      assertThat(failed(helms).path("revision").asText()).as("Helm's").isEqualTo("2");
    }
  }

  private static JsonNode failed(TestNamespace namespace) {
    List<JsonNode> lines =
        BelayProcess.logged("rolling back to stored revision").stream()
            .map(JsonLogIT::json)
            .filter(line -> line.path("release").asText().equals(namespace.name() + "/shop"))
            .toList();
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  /** Others write to the same file, in words. */
  private static JsonNode json(String line) {
    try {
      return line.startsWith("{") ? JSON.readTree(line) : JSON.nullNode();
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }
}
