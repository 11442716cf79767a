package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.validation.Found;
import dev.belay.validation.Lookup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LookupsTest {

  private final FakeApiServer api =
      new FakeApiServer() {
        @Override
        ApiResponse answer(String path) {
          return new ApiResponse(404, JsonNodeFactory.instance.objectNode(), List.of());
        }
      };
  private final Lookup lookup =
      new Lookups(api, kinds()).until("shop", () -> Duration.ofSeconds(5));

  @Test
  void of_other_namespaces_nothing_is_known_and_nobody_is_asked() {
    assertThat(lookup.find("v1", "Secret", "victim", "gold")).isEqualTo(Found.Unseen.UNKNOWN);
    assertThat(lookup.list("v1", "Secret", "victim")).isEmpty();
    assertThat(api.asked).isEmpty();
  }

  @Test
  void the_releases_own_namespace_and_the_cluster_are_asked_about() {
    lookup.find("v1", "Secret", "shop", "a");
    lookup.find("v1", "Namespace", "", "victim");
    assertThat(api.asked)
        .containsExactly("/api/v1/namespaces/shop/secrets/a", "/api/v1/namespaces/victim");
  }

  private static Discovery kinds() {
    return new Discovery(null) {
      @Override
      public Optional<ResourceType> find(String apiVersion, String kind) {
        return Optional.of(
            kind.equals("Namespace")
                ? new ResourceType("", "v1", kind, "namespaces", false)
                : new ResourceType("", "v1", kind, "secrets", true));
      }
    };
  }
}
