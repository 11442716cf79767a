package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That a kind is not served is believed when it is said, and said twice of one that was. */
class DiscoveryTest {

  private static final String CORE = group("", "v1", "Current", "Namespace");
  private static final String WIDGETS = group("example.com", "v1", "Current", "Widget");

  private String core = CORE;
  private String others = WIDGETS;
  private int reads;

  private final Discovery discovery =
      new Discovery(
          new FakeApiServer() {
            @Override
            ApiResponse answer(String path) {
              throw new AssertionError(path);
            }

            @Override
            ApiResponse getAs(String path, String accept) {
              reads++;
              return listed(path.equals("/api") ? core : others);
            }
          });

  @Test
  void an_answer_that_is_none_says_nothing_about_kinds() {
    for (String none : List.of("{}", "{kind: APIGroupDiscoveryList, items: []}", "{items: []}")) {
      core = none;
      assertThatThrownBy(() -> discovery.find("v1", "Namespace"))
          .as(none)
          .isInstanceOf(ClusterException.class);
    }
    core = CORE;
    assertThat(discovery.find("v1", "Namespace")).isPresent();
    assertThat(discovery.find("example.com/v1", "Widget")).isPresent();
    assertThat(discovery.find("example.com/v1", "Gadget")).isEmpty();
  }

  @Test
  void one_that_was_served_is_gone_when_it_is_missing_twice() {
    assertThat(discovery.find("example.com/v1", "Widget")).isPresent();
    others = "{kind: APIGroupDiscoveryList, items: []}";
    readAgain();
    assertThat(discovery.find("example.com/v1", "Widget")).as("missing once").isPresent();
    readAgain();
    assertThat(discovery.find("example.com/v1", "Widget")).isEmpty();
  }

  @Test
  void one_that_is_back_was_never_gone() {
    assertThat(discovery.find("example.com/v1", "Widget")).isPresent();
    for (int i = 0; i < 3; i++) {
      others = "{kind: APIGroupDiscoveryList, items: []}";
      readAgain();
      others = WIDGETS;
      readAgain();
    }
    assertThat(discovery.find("example.com/v1", "Widget")).isPresent();
  }

  @Test
  void what_an_api_serves_that_does_not_answer_is_not_known() {
    assertThat(discovery.find("example.com/v1", "Widget")).isPresent();
    others = group("example.com", "v1", "Stale", "");
    readAgain();
    readAgain();
    assertThat(discovery.find("example.com/v1", "Widget")).isPresent();
    assertThatThrownBy(() -> discovery.find("example.com/v1", "Gadget"))
        .hasMessageContaining("the API that serves example.com/v1 does not answer");
    assertThat(discovery.find("example.org/v1", "Gadget")).isEmpty();
  }

  /** As when a definition was deleted: the kind is known, and its path is not. */
  @Test
  void a_path_that_the_server_does_not_know_has_the_kinds_read_again() {
    assertThat(discovery.find("example.com/v1", "Widget")).isPresent();
    int before = reads;
    discovery.find("example.com/v1", "Widget");
    assertThat(reads).isEqualTo(before);
    assertThatThrownBy(
            () ->
                discovery.asking(
                    () -> {
                      throw ClusterException.ofUnknownPath("404 page not found");
                    }))
        .isInstanceOf(ClusterException.class);
    others = "{kind: APIGroupDiscoveryList, items: []}";
    discovery.forgetWhenRead();
    assertThat(discovery.find("example.com/v1", "Widget")).as("missing once").isPresent();
    assertThat(reads).isGreaterThan(before);
  }

  private void readAgain() {
    discovery.forgetWhenRead();
    assertThat(discovery.find("example.net/v1", "Nothing")).isEmpty();
  }

  private static String group(String group, String version, String freshness, String kind) {
    String resources =
        kind.isEmpty()
            ? ""
            : "{resource: things, scope: Namespaced, responseKind: {kind: %s}}".formatted(kind);
    return "{kind: APIGroupDiscoveryList, items: [{metadata: {name: '%s'}, versions: [{version: %s, freshness: %s, resources: [%s]}]}]}"
        .formatted(group, version, freshness, resources);
  }

  private static ApiResponse listed(String yaml) {
    try {
      JsonNode body = new YAMLMapper().readTree(yaml);
      return new ApiResponse(200, body, List.of());
    } catch (JsonProcessingException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
