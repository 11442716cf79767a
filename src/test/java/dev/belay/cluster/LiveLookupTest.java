package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.belay.manifest.KubeObject;
import dev.belay.validation.Found;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LiveLookupTest {

  private final List<String> asked = new ArrayList<>();
  private final List<Duration> timeouts = new ArrayList<>();
  private Supplier<Optional<ApiResponse>> answer =
      () -> answer(404, notFound(asked.getLast().replaceFirst(".*/", "")));
  private Duration left = Duration.ofSeconds(10);

  private final LiveLookup lookup =
      new LiveLookup(
          new LiveLookup.Reads() {
            @Override
            public Optional<ApiResponse> get(
                String apiVersion, String kind, String namespace, String name, Duration timeout) {
              return note(kind + "/" + name, timeout);
            }

            @Override
            public Optional<ApiResponse> list(
                String apiVersion, String kind, String namespace, int limit, Duration timeout) {
              return note(kind, timeout);
            }

            private Optional<ApiResponse> note(String what, Duration timeout) {
              asked.add(what);
              timeouts.add(timeout);
              return answer.get();
            }
          },
          () -> left);

  @Test
  void an_object_is_there_or_not_and_is_asked_for_once() {
    assertThat(deployment("a")).isEqualTo(Found.Unseen.MISSING);
    assertThat(deployment("a")).isEqualTo(Found.Unseen.MISSING);
    answer = () -> answer(200, "{metadata: {name: b}, spec: {replicas: 3}}");
    assertThat(deployment("b").object().map(it -> it.at("spec", "replicas").intValue()))
        .hasValue(3);

    assertThat(asked).containsExactly("Deployment/a", "Deployment/b");
    assertThat(timeouts).containsOnly(LiveLookup.MAX_WAIT);
  }

  @Test
  void whatever_else_is_answered_is_not_known() {
    for (ApiResponse response :
        List.of(
            new ApiResponse(404, MissingNode.getInstance(), List.of()),
            answer(404, "{kind: Status, reason: NotFound}").orElseThrow(),
            answer(404, notFound("another")).orElseThrow(),
            answer(200, "{metadata: {name: another}}").orElseThrow(),
            answer(200, "{}").orElseThrow(),
            answer(403, "{reason: Forbidden}").orElseThrow(),
            answer(500, "{}").orElseThrow(),
            answer(200, "[]").orElseThrow())) {
      answer = () -> Optional.of(response);
      assertThat(deployment("of-" + response)).isEqualTo(Found.Unseen.UNKNOWN);
      assertThat(lookup.list("v1", "Kind" + response.code(), "shop")).isEmpty();
    }
    answer = Optional::empty;
    assertThat(deployment("of-a-kind-that-is-not-served")).isEqualTo(Found.Unseen.UNKNOWN);
  }

  @Test
  void no_value_of_a_config_map_or_secret_is_kept() {
    String text =
        """
        {type: Opaque, data: {a: c2VjcmV0}, binaryData: {b: c2VjcmV0}, immutable: false,
         metadata: {name: web, annotations: {last-applied: c2VjcmV0}, managedFields: [c2VjcmV0]}}
        """;
    answer = () -> answer(200, text);
    for (String kind : List.of("ConfigMap", "Secret")) {
      KubeObject object = lookup.find("v1", kind, "shop", "web").object().orElseThrow();
      assertThat(object.json().toString()).doesNotContain("c2VjcmV0");
      assertThat(object.at("data").has("a")).isTrue();
      assertThat(object.at("binaryData").has("b")).isTrue();
      assertThat(object.annotations()).containsOnlyKeys("last-applied");
      assertThat(object.text("", "type")).isEqualTo("Opaque");
      assertThat(object.kind()).isEqualTo(kind);
    }
    answer = () -> answer(200, "{kind: SecretList, items: [" + text + "]}");
    assertThat(lookup.list("v1", "Secret", "shop").orElseThrow().toString())
        .doesNotContain("c2VjcmV0");
  }

  @Test
  void the_items_of_a_list_are_told_what_they_are() {
    answer =
        () ->
            answer(
                200,
                "{kind: ReplicaSetList, metadata: {continue: ''}, items: [{metadata: {name: a}}, 7]}");

    assertThat(lookup.list("apps/v1", "ReplicaSet", "shop").orElseThrow())
        .extracting(object -> object.group() + "/" + object.kind() + "/" + object.name())
        .containsExactly("apps/ReplicaSet/a");
    assertThat(lookup.list("apps/v1", "ReplicaSet", "shop")).isPresent();
    assertThat(asked).containsExactly("ReplicaSet");
  }

  @Test
  void a_list_that_goes_on_is_not_known() {
    answer = () -> answer(200, "{kind: PodList, metadata: {continue: more}, items: []}");
    assertThat(lookup.list("v1", "Pod", "shop")).isEmpty();
  }

  /** The API server writes null where it has no metadata to list. */
  @Test
  void an_empty_list_is_known_to_be_empty() {
    answer = () -> answer(200, "{kind: PartialObjectMetadataList, items: null}");
    assertThat(lookup.list("v1", "Pod", "shop")).hasValue(List.of());
    answer = () -> answer(200, "{kind: ServiceList, items: []}");
    assertThat(lookup.list("v1", "Service", "shop")).hasValue(List.of());
    answer = () -> answer(200, "{kind: SecretList, items: []}");
    assertThat(lookup.list("v1", "ConfigMap", "shop")).as("a list of Secrets").isEmpty();
    answer = () -> answer(200, "{kind: LeaseList}");
    assertThat(lookup.list("v1", "Lease", "shop")).as("a list without items").isEmpty();
  }

  @Test
  void so_many_reads_and_no_more() {
    for (int i = 0; i < LiveLookup.MAX_READS; i++) {
      assertThat(deployment("a" + i)).isEqualTo(Found.Unseen.MISSING);
    }
    assertThat(deployment("one-more")).isEqualTo(Found.Unseen.UNKNOWN);
    assertThat(lookup.list("v1", "Pod", "shop")).isEmpty();
    assertThat(deployment("a1")).as("known before").isEqualTo(Found.Unseen.MISSING);
    assertThat(asked).hasSize(LiveLookup.MAX_READS);
  }

  @Test
  void nothing_is_asked_when_the_time_is_over_nor_for_longer_than_there_is() {
    left = Duration.ofMillis(300);
    deployment("a");
    assertThat(timeouts).containsExactly(Duration.ofMillis(300));

    left = Duration.ZERO;
    assertThat(deployment("b")).isEqualTo(Found.Unseen.UNKNOWN);
    assertThat(asked).hasSize(1);
  }

  @Test
  void an_api_server_that_does_not_answer_is_not_asked_again() {
    answer =
        () -> {
          throw new ClusterException("no answer", 0);
        };
    assertThat(deployment("a")).isEqualTo(Found.Unseen.UNKNOWN);
    assertThat(deployment("b")).isEqualTo(Found.Unseen.UNKNOWN);
    assertThat(asked).hasSize(1);
  }

  private Found deployment(String name) {
    return lookup.find("apps/v1", "Deployment", "shop", name);
  }

  private static String notFound(String name) {
    return "{kind: Status, reason: NotFound, details: {name: " + name + "}}";
  }

  private static Optional<ApiResponse> answer(int code, String yaml) {
    try {
      JsonNode body = new YAMLMapper().readTree(yaml);
      return Optional.of(new ApiResponse(code, body, List.of()));
    } catch (JsonProcessingException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
