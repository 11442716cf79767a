package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActorTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void the_user_of_a_review_is_impersonated_in_full_and_marked_as_a_dry_run() throws Exception {
    JsonNode userInfo =
        JSON.readTree(
            """
            {"username": "jane@example.com", "uid": "7", "groups": ["dev", "system:authenticated"],
             "extra": {"example.com/tenant": ["a", "b"]}}
            """);
    assertThat(Actor.of(userInfo).impersonation().orElseThrow())
        .extracting(header -> header.name() + ": " + header.value())
        .containsExactly(
            "Impersonate-User: jane@example.com",
            "Impersonate-Uid: 7",
            "Impersonate-Group: dev",
            "Impersonate-Group: system:authenticated",
            "Impersonate-Extra-example.com%2ftenant: a",
            "Impersonate-Extra-example.com%2ftenant: b",
            "Impersonate-Extra-belay.dev%2fdry-run: true");
  }

  @Test
  void a_review_without_a_user_is_asked_about_as_belay() throws Exception {
    Actor actor = Actor.of(JSON.readTree("{}"));
    assertThat(actor).isEqualTo(Actor.BELAY);
    assertThat(actor.impersonation().orElseThrow()).isEmpty();
  }

  @Test
  void what_no_header_can_carry_is_not_sent() {
    Actor split =
        new Actor("a\r\nImpersonate-Group: system:masters", "", List.of(), java.util.Map.of());
    assertThat(split.impersonation()).isEmpty();
  }
}
