package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cluster.Deadline;
import dev.belay.trace.Traces;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;
import org.junit.jupiter.api.Test;

/** What cannot be read has an answer too. */
class GateResourceTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final GateResource gate =
      new GateResource(
          List.of(new Allowing()),
          new Room(),
          null,
          null,
          null,
          new ReviewMetrics(registry, Optional.of("GATE")),
          Traces.none());

  private static final class Allowing implements Webhook {
    @Override
    public String entry() {
      return "final";
    }

    @Override
    public Answer review(Review review, Deadline deadline) {
      return Answer.allow();
    }
  }

  /** A body that fails while it is read. */
  private static final class Failing extends InputStream {

    private final Supplier<Error> error;

    Failing(Supplier<Error> error) {
      this.error = error;
    }

    @Override
    public int read() {
      throw error.get();
    }

    @Override
    public int read(byte[] into, int from, int length) {
      throw error.get();
    }
  }

  @Test
  void a_review_that_memory_has_no_room_for_is_answered_as_one_of_too_many() throws Exception {
    for (int i = 0; i < 100; i++) { // It leaves its place to the next one.
      try (RestResponse<String> answer = answer(new Failing(OutOfMemoryError::new))) {
        assertThat(answer.getStatus()).isEqualTo(503);
        assertThat(answer.getEntity()).isEqualTo("too many large reviews at once\n");
      }
    }
    assertThat(count("no_room")).isEqualTo(100);
  }

  @Test
  void a_fault_of_our_own_is_answered_too() throws Exception {
    try (RestResponse<String> answer = answer(new Failing(StackOverflowError::new))) {
      assertThat(answer.getStatus()).isEqualTo(500);
      assertThat(answer.getEntity()).isEqualTo("Belay could not read this review\n");
    }
    assertThat(count("error")).isEqualTo(1);
  }

  @Test
  void a_body_that_breaks_off_is_a_bad_request() throws Exception {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("cut");
          }
        };
    try (RestResponse<String> answer = answer(broken)) {
      assertThat(answer.getStatus()).isEqualTo(400);
    }
  }

  private RestResponse<String> answer(InputStream body) throws InterruptedException {
    HttpServerRequest request =
        (HttpServerRequest)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (proxy, method, arguments) -> HttpVersion.HTTP_2);
    return gate.review(body, 1_000_000, "enforce", "final", "10s", null, request);
  }

  private double count(String result) {
    return registry
        .get("belay.reviews")
        .tags("webhook", "final", "result", result)
        .counter()
        .count();
  }
}
