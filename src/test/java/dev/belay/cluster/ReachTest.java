package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.cluster.Reach.Area;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReachTest {

  private final TestingApiServer api = new TestingApiServer();

  @Test
  void the_whole_cluster_is_one_area_and_asked_with_one_request() {
    Reach reach = new Reach(api, Optional.empty());

    assertThat(read(reach)).containsExactly("/api/v1/secrets?a=b");
    assertThat(reach.covers("any")).isTrue();
    assertThat(reach.of("any")).isEqualTo(reach.areas().getFirst());
    assertThat(api.asked).containsExactly("/api/v1/secrets?a=b&limit=500");
  }

  @Test
  void no_names_are_the_whole_cluster() {
    assertThat(reach("", " ").display()).isEqualTo("all namespaces");
  }

  @Test
  void each_listed_namespace_is_asked_about_by_itself() {
    api.there("shop", "pay");
    Reach reach = reach("shop", " pay", "shop", "");

    assertThat(read(reach))
        .containsExactly(
            "/api/v1/namespaces/shop/secrets?a=b", "/api/v1/namespaces/pay/secrets?a=b");
    assertThat(reach.display()).isEqualTo("shop, pay");
    assertThat(reach.covers("shop")).isTrue();
    assertThat(reach.covers("other")).isFalse();
    assertThat(reach.covers("")).as("what is of the whole cluster").isFalse();
  }

  @Test
  void kinds_of_a_group_have_another_root() {
    assertThat(new Area("shop").path("apps/v1", "deployments"))
        .isEqualTo("/apis/apps/v1/namespaces/shop/deployments");
    assertThat(new Reach(api, Optional.empty()).areas().getFirst().path("apps/v1", "deployments"))
        .isEqualTo("/apis/apps/v1/deployments");
  }

  /** Nothing more is asked for in it: each such request would be one without a right. */
  @Test
  void a_listed_namespace_that_is_missing_is_left_out_without_a_word() {
    api.there("pay");
    Reach reach = reach("shop", "pay");

    assertThat(read(reach)).containsExactly("/api/v1/namespaces/pay/secrets?a=b");
    assertThat(labelled(reach)).containsExactly("pay");
    assertThat(api.asked).noneMatch(path -> path.startsWith("/api/v1/namespaces/shop/"));
  }

  @Test
  void one_without_rights_or_on_its_way_out_holds_up_no_other() {
    api.there("shop", "pay");
    api.unbound.add("shop");
    assertThat(read(reach("shop", "pay"))).containsExactly("/api/v1/namespaces/pay/secrets?a=b");

    api.unbound.clear();
    api.going.add("shop");
    assertThat(read(reach("shop", "pay"))).containsExactly("/api/v1/namespaces/pay/secrets?a=b");
  }

  @Test
  void it_is_taken_up_when_it_appears() {
    Reach reach = reach("shop");
    assertThat(read(reach)).isEmpty();
    api.there("shop");

    assertThat(labelled(reach)).containsExactly("shop");
    assertThat(read(reach)).hasSize(1);
  }

  @Test
  void one_that_goes_after_it_was_looked_at_is_no_failure() {
    api.there("shop");
    Reach reach = reach("shop");
    assertThat(read(reach)).hasSize(1);
    api.there.clear();
    api.unbound.add("shop");

    assertThat(read(reach)).isEmpty();
    assertThat(reach.isOpenNow("shop")).isFalse();
  }

  @Test
  void whether_a_namespace_is_open_is_asked_only_where_there_is_a_list() {
    api.there("shop");
    assertThat(reach("shop").isOpenNow("shop")).isTrue();
    assertThat(reach("shop").isOpenNow("other")).isFalse();
    api.asked.clear();
    assertThat(new Reach(api, Optional.empty()).isOpenNow("gone")).isTrue();
    assertThat(api.asked).isEmpty();
  }

  @Test
  void a_single_right_that_is_missing_is_a_failure() {
    api.there("shop");
    api.withoutSecrets = true;
    assertThatThrownBy(() -> read(reach("shop"))).isInstanceOf(ClusterException.class);
  }

  /** What was known a moment ago is not asked for again with every list. */
  @Test
  void a_namespace_is_not_looked_at_for_each_request() {
    api.there("shop");
    Reach reach = reach("shop");
    read(reach);
    api.asked.clear();
    read(reach);
    assertThat(api.asked).containsExactly("/api/v1/namespaces/shop/secrets?a=b&limit=500");
  }

  @Test
  void what_can_be_no_name_is_refused_with_the_setting_and_the_value() {
    assertThatThrownBy(() -> reach("shop", "Pay_1"))
        .hasMessageContaining("BELAY_NAMESPACES")
        .hasMessageContaining("\"Pay_1\"");
    String[] many = IntStream.rangeClosed(0, 100).mapToObj(n -> "n" + n).toArray(String[]::new);
    assertThatThrownBy(() -> reach(many)).hasMessageContaining("101 namespaces; 100 are possible");
  }

  private Reach reach(String... names) {
    return new Reach(api, Optional.of(Arrays.asList(names)));
  }

  private static List<String> read(Reach reach) {
    List<String> items = new ArrayList<>();
    reach.forEach("v1", "Secret", "secrets?a=b", false, item -> items.add(item.asText()));
    return items;
  }

  private static List<String> labelled(Reach reach) {
    List<String> names = new ArrayList<>();
    reach.forEachNamespace("label", namespace -> names.add(namespace.name()));
    return names;
  }

  /** Has namespaces, some without rights; a list has one item, which is its own path. */
  private static final class TestingApiServer extends FakeApiServer {

    private final List<String> there = new ArrayList<>();
    private final List<String> unbound = new ArrayList<>();
    private final List<String> going = new ArrayList<>();
    private boolean withoutSecrets;

    void there(String... names) {
      there.addAll(List.of(names));
    }

    @Override
    ApiResponse answer(String path) {
      String[] parts = path.split("[/?]");
      boolean single = path.startsWith("/api/v1/namespaces/") && parts.length == 5;
      if (single) {
        return there.contains(parts[4]) ? namespace(parts[4]) : notFound(parts[4]);
      }
      boolean forbidden =
          unbound.stream().anyMatch(name -> path.contains("/namespaces/" + name + "/"))
              || (withoutSecrets && path.contains("secrets"));
      return forbidden ? status(403) : list(path.replaceFirst("[?&]limit=.*", ""));
    }

    private ApiResponse namespace(String name) {
      ObjectNode namespace = JsonNodeFactory.instance.objectNode();
      ObjectNode metadata = namespace.putObject("metadata").put("name", name);
      if (going.contains(name)) {
        metadata.put("deletionTimestamp", "2026-01-01T00:00:00Z");
      }
      return new ApiResponse(200, namespace.put("kind", "Namespace"), List.of());
    }

    private static ApiResponse list(String item) {
      ObjectNode list = JsonNodeFactory.instance.objectNode();
      list.put("kind", item.startsWith("/api/v1/namespaces?") ? "NamespaceList" : "SecretList");
      list.putArray("items").add(item);
      return new ApiResponse(200, list, List.of());
    }

    private static ApiResponse notFound(String name) {
      ObjectNode status = JsonNodeFactory.instance.objectNode();
      status.put("kind", "Status").put("reason", "NotFound");
      status.putObject("details").put("name", name);
      return new ApiResponse(404, status, List.of());
    }

    private static ApiResponse status(int code) {
      ObjectNode status = JsonNodeFactory.instance.objectNode();
      return new ApiResponse(code, status.put("message", "status " + code), List.of());
    }
  }
}
