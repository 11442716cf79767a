package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.belay.cluster.WebhookRegistration.Address;
import dev.belay.manifest.KubeObject;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Gates, each with its clock, that all write the same configurations. */
class WebhookRegistrationTest {

  private static final GateKey KEY = new GateKey("a".repeat(64));
  private static final long HOUR = 490_906;

  private final Configurations configurations = new Configurations();
  private final WebhookRegistration registration = new WebhookRegistration(configurations);

  @Test
  void each_entry_is_pointed_at_the_path_of_this_hour_by_its_name_and_others_are_left_alone() {
    assertThat(point(HOUR)).isTrue();
    String path = KEY.path(HOUR);
    assertThat(configurations.paths())
        .containsExactly("/" + path + "/enforce/early", "/" + path + "/observe/early", "");
    assertThat(configurations.writes).isEqualTo(1);
    point(HOUR);
    assertThat(configurations.writes).as("once is enough").isEqualTo(1);
  }

  @Test
  void at_the_turn_of_an_hour_the_next_path_takes_the_place_of_the_one_that_is_over() {
    point(HOUR);
    point(HOUR + 1);
    assertThat(configurations.paths().getFirst()).startsWith("/" + KEY.path(HOUR + 1) + "/");
  }

  @Test
  void a_gate_whose_clock_is_behind_takes_nothing_back() {
    point(HOUR);
    point(HOUR + 1);
    int writes = configurations.writes;
    for (int round = 0; round < 3; round++) {
      point(HOUR);
      point(HOUR + 1);
    }
    assertThat(configurations.writes).isEqualTo(writes);
  }

  @Test
  void what_is_let_in_nowhere_is_put_right() {
    point(HOUR + 2);
    point(HOUR);
    assertThat(configurations.paths().getFirst()).startsWith("/" + KEY.path(HOUR) + "/");
  }

  @Test
  void another_key_or_authority_is_put_right_whatever_the_hour() {
    point(HOUR);
    registration.point(new Address("", "ns", "belay", "other", KEY, HOUR));
    assertThat(configurations.stored.list("webhooks").getFirst().at("/clientConfig/caBundle"))
        .hasToString("\"other\"");
    registration.point(new Address("", "ns", "belay", "ca", new GateKey("b"), HOUR));
    assertThat(configurations.paths().getFirst()).doesNotContain(KEY.path(HOUR));
  }

  @Test
  void who_comes_second_reads_again() {
    configurations.conflicts = 1;
    assertThat(point(HOUR)).isTrue();
    assertThat(configurations.paths().getFirst()).startsWith("/" + KEY.path(HOUR) + "/");
  }

  private boolean point(long hour) {
    return registration.point(new Address("", "ns", "belay", "ca", KEY, hour));
  }

  /** Both kinds of configuration hold the same here. */
  private static final class Configurations extends Objects {

    private KubeObject stored = KubeObject.of(JsonNodeFactory.instance.objectNode());
    private int writes;
    private int conflicts;

    Configurations() {
      super(null, null);
      ArrayNode entries = stored.json().putArray("webhooks");
      for (String name : List.of("early.belay.dev", "early.observe.belay.dev", "of.others.dev")) {
        entries.addObject().put("name", name);
      }
    }

    List<String> paths() {
      return stored.list("webhooks").stream()
          .map(entry -> entry.at("/clientConfig/service/path").asText(""))
          .toList();
    }

    @Override
    public Optional<KubeObject> get(String apiVersion, String kind, String namespace, String name) {
      return Optional.of(stored);
    }

    @Override
    public ApiResponse replace(KubeObject object) {
      if (conflicts-- > 0) {
        return new ApiResponse(409, MissingNode.getInstance(), List.of());
      }
      writes++;
      stored = object;
      return new ApiResponse(200, object.json(), List.of());
    }
  }
}
