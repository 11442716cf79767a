package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** That an object is not there is what the API server says of that object, and nothing else. */
class ObjectsTest {

  private ApiResponse answer = Refusing.notFound("web");
  private final FakeApiServer api =
      new FakeApiServer() {
        @Override
        ApiResponse answer(String path) {
          return answer;
        }
      };
  private final Objects objects =
      new Objects(
          api,
          new Discovery(null) {
            @Override
            public Optional<ResourceType> find(String apiVersion, String kind) {
              return Optional.of(new ResourceType("apps", "v1", kind, "deployments", true));
            }
          });

  @Test
  void one_of_that_name_is_not_there() {
    assertThat(get()).isEmpty();
  }

  @Test
  void another_one_or_its_namespace_is_not_there() {
    answer = Refusing.notFound("shop");
    assertThatThrownBy(this::get).isInstanceOf(ClusterException.class);
    answer = Refusing.of(404, "the server could not find the requested resource");
    assertThatThrownBy(this::get).isInstanceOf(ClusterException.class);
  }

  @Test
  void what_is_no_such_object_is_none() {
    for (ObjectNode shown :
        List.of(
            JsonNodeFactory.instance.objectNode(),
            object("Deployment", "other"),
            object("DeploymentList", "web"),
            Refusing.status(200, "", "web"))) {
      answer = new ApiResponse(200, shown, List.of());
      assertThatThrownBy(this::get).isInstanceOf(ClusterException.class);
    }
    answer = new ApiResponse(200, object("Deployment", "web"), List.of());
    assertThat(get()).isPresent();
  }

  @Test
  void who_has_no_name_is_not_asked_for() {
    assertThat(objects.get("apps/v1", "Deployment", "shop", "")).isEmpty();
    assertThat(api.asked).isEmpty();
  }

  private Optional<?> get() {
    return objects.get("apps/v1", "Deployment", "shop", "web");
  }

  private static ObjectNode object(String kind, String name) {
    ObjectNode object = JsonNodeFactory.instance.objectNode().put("kind", kind);
    object.putObject("metadata").put("name", name);
    return object;
  }
}
