package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.belay.manifest.KubeObject;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class EvidenceTest {

  private static final KubeObject POD =
      KubeObject.of(yaml("{kind: Pod, metadata: {name: web-1, namespace: shop, uid: u-1}}"));

  private Function<String, ApiResponse> answer = path -> ok("{items: []}");
  private final FakeApiServer api =
      new FakeApiServer() {
        @Override
        ApiResponse answer(String path) {
          return answer.apply(path);
        }
      };
  private final Evidence evidence = new Evidence(api);

  @Test
  void the_events_of_one_object_are_asked_for_with_one_request() {
    answer = path -> ok("{metadata: {continue: more}, items: [{reason: Unhealthy}]}");

    assertThat(evidence.events(POD))
        .extracting(event -> event.kind() + " " + event.text("", "reason"))
        .containsExactly("Event Unhealthy");
    assertThat(api.asked)
        .containsExactly(
            "/api/v1/namespaces/shop/events?fieldSelector=involvedObject.uid%3Du-1&limit=500");
  }

  /** The role of an older install grants no list. */
  @Test
  void without_the_right_they_are_not_known_and_not_asked_for_with_every_look() {
    answer = path -> new ApiResponse(403, yaml("{message: events is forbidden}"), List.of());

    assertThat(evidence.events(POD)).isEmpty();
    assertThat(evidence.events(POD)).isEmpty();
    assertThat(api.asked).hasSize(1);
  }

  @Test
  void nothing_waits_for_events_that_do_not_come() {
    answer =
        path -> {
          throw new ClusterException("no answer", 0);
        };
    assertThat(evidence.events(POD)).isEmpty();
    answer = path -> new ApiResponse(504, MissingNode.getInstance(), List.of());
    assertThat(evidence.events(POD)).isEmpty();
    answer = path -> ok("{items: [{reason: Unhealthy}]}");
    assertThat(evidence.events(POD)).as("asked again").hasSize(1);
  }

  @Test
  void what_is_not_there_yet_or_of_the_cluster_has_none() {
    assertThat(evidence.events(KubeObject.of(yaml("{metadata: {name: a, namespace: b}}"))))
        .isEmpty();
    assertThat(evidence.events(KubeObject.of(yaml("{metadata: {name: a, uid: u}}")))).isEmpty();
    assertThat(api.asked).isEmpty();
  }

  private static ApiResponse ok(String yaml) {
    return new ApiResponse(200, yaml(yaml), List.of());
  }

  private static JsonNode yaml(String yaml) {
    try {
      return new YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
