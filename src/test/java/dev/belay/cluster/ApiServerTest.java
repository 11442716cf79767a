package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.cluster.HttpApiServer.Reply;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An answer that can't be read is an error, and what only reads is asked for again first. */
class ApiServerTest {

  private static final String LIST =
      "{\"kind\":\"SecretList\",\"metadata\":{\"continue\":\"%s\"},\"items\":[{\"a\":\"%s\"}]}";

  private static final String SECRETS = "/api/v1/secrets";

  private HttpApiServer server;
  private ServerClock clock;
  private ApiServer api;

  @BeforeEach
  void serve() throws IOException {
    server = new HttpApiServer();
    clock = new ServerClock();
    api = server.client(clock);
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void a_list_is_read_although_an_object_in_it_has_a_name_of_60000_characters() {
    server.replies(200, LIST.formatted("", "b\",\"" + "A".repeat(60_000) + "\":\"c"));
    assertThat(api.list("Secret", SECRETS, false)).hasSize(1);
  }

  @Test
  void what_is_no_answer_of_the_api_server_is_an_error_whatever_its_code() {
    for (String body :
        List.of(
            "", "{}", "[]", "<html>", "{\"kind\":\"PodList\",\"items\":[]}", "{\"items\":[]}")) {
      replyAlways(200, body);
      assertThatThrownBy(() -> api.list("Secret", SECRETS, false))
          .as(body)
          .isInstanceOfSatisfying(
              ClusterException.class, e -> assertThat(e.isPassing()).as("ask again").isTrue());
    }
    for (int code : new int[] {403, 404, 409, 410, 502}) {
      replyAlways(code, "<html>hunter2</html>");
      assertThatThrownBy(() -> api.get("/api/v1/namespaces/shop/secrets/a"))
          .isInstanceOfSatisfying(
              ClusterException.class,
              e -> {
                assertThat(e.isPassing()).isTrue();
                assertThat(e.forbidden() || e.conflict()).isFalse();
                assertThat(e.isUnknownPath()).isEqualTo(code == 404);
                assertThat(e).hasMessageContaining("HTTP " + code);
                assertThat(e).hasMessageNotContaining("hunter2");
              });
    }
  }

  @Test
  void only_a_status_about_that_very_object_says_that_it_is_not_there() {
    server.replies(404, Refusing.status(404, "NotFound", "a").toString());
    ApiResponse answer = api.get("/api/v1/namespaces/shop/secrets/a");
    assertThat(answer.isGone("a")).isTrue();
    assertThat(answer.isGone("b")).isFalse();
  }

  @Test
  void a_read_is_made_again_after_trouble_that_passes() {
    server
        .replies(429, "Too many requests, please try again later.")
        .replies(new Reply.Nothing())
        .replies(500, Refusing.status(500, "InternalError", "").toString())
        .replies(200, LIST.formatted("", "b"));
    assertThat(api.list("Secret", SECRETS, false)).hasSize(1);
    assertThat(server.asked).hasSize(4);
  }

  @Test
  void half_an_answer_is_none() {
    server.replies(new Reply.Cut(LIST.formatted("", "b"))).replies(200, LIST.formatted("", "c"));
    assertThat(api.list("Secret", SECRETS, false).toString()).isEqualTo("[{\"a\":\"c\"}]");
  }

  @Test
  void it_is_asked_when_it_wants_to_be() {
    server
        .replies(new Reply.Whole(429, "busy", Map.of("Retry-After", "1")))
        .replies(200, LIST.formatted("", "b"));
    long begun = System.nanoTime();
    assertThat(api.list("Secret", SECRETS, false)).hasSize(1);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(950));

    server.replies(new Reply.Whole(429, "busy", Map.of("Retry-After", "60")));
    assertThatThrownBy(() -> api.get(SECRETS))
        .isInstanceOfSatisfying(
            ClusterException.class,
            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMinutes(1)));
  }

  @Test
  void a_list_that_goes_on_has_all_of_its_parts_or_is_none() {
    server.replies(200, LIST.formatted("x", "1")).replies(200, LIST.formatted("", "2"));
    List<String> items = new ArrayList<>();
    api.forEach("Secret", SECRETS, false, item -> items.add(item.path("a").asText()));
    assertThat(items).containsExactly("1", "2");
    assertThat(server.asked)
        .containsExactly(
            "GET " + SECRETS + "?limit=500", "GET " + SECRETS + "?limit=500&continue=x");

    server.replies(200, LIST.formatted("x", "1")).replies(200, "{}");
    assertThatThrownBy(() -> api.list("Secret", SECRETS, false))
        .isInstanceOf(ClusterException.class);
  }

  @Test
  void a_write_is_sent_once_unless_the_server_has_not_taken_it() {
    server.replies(new Reply.Nothing());
    assertThatThrownBy(this::write).isInstanceOf(ClusterException.class);
    server.replies(new Reply.Cut("{\"kind\":\"Secret\"}"));
    assertThatThrownBy(this::write).isInstanceOf(ClusterException.class);
    server.replies(502, "<html>");
    assertThatThrownBy(this::write).isInstanceOf(ClusterException.class);
    server.replies(500, Refusing.status(500, "InternalError", "").toString());
    assertThat(write().code()).isEqualTo(500);
    assertThat(server.asked).hasSize(4);

    server.asked.clear();
    server.replies(429, "busy").replies(201, "{\"kind\":\"Secret\"}");
    assertThat(write().code()).isEqualTo(201);
    assertThat(server.asked).hasSize(2);
  }

  @Test
  void the_date_of_its_answers_is_what_time_it_is() {
    clock = new ServerClock(System::nanoTime, () -> Instant.EPOCH);
    api = server.client(clock);
    server.replies(new Reply.Whole(200, LIST.formatted("", "b"), Map.of("Audit-Id", "1")));
    api.get(SECRETS);
    assertThat(clock.isKnown()).isTrue();
    assertThat(clock.now()).isAfter(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(api.silence().orElseThrow()).isLessThan(Duration.ofSeconds(20));
  }

  /** A proxy's page has the proxy's time, an aggregated API may have any. */
  @Test
  void nobody_elses_date_is() {
    server.replies(200, LIST.formatted("", "b"));
    api.get(SECRETS);
    server.replies(new Reply.Whole(200, "{\"kind\":\"X\"}", Map.of("Audit-Id", "1")));
    api.get("/apis/example.com/v1/things");
    assertThat(clock.isKnown()).isFalse();
  }

  private ApiResponse write() {
    return api.send(
        "POST",
        SECRETS,
        JsonNodeFactory.instance.objectNode().put("kind", "Secret"),
        "application/json");
  }

  private void replyAlways(int code, String body) {
    server.forget();
    for (int i = 0; i < Attempts.MOST; i++) {
      server.replies(code, body);
    }
  }
}
