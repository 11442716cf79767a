package dev.belay.admission;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.cluster.ServerClock;
import io.quarkus.vertx.http.runtime.QuarkusErrorHandler;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What anybody on the network can send: an answer, and not a word in the log. */
class BadRequestsTest {

  private static final String HOST = "Host: x\r\n";

  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final Handler log =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
            logged.add(record.getLoggerName() + ": " + record.getMessage() + record.getThrown());
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  private final Vertx vertx = Vertx.vertx();
  private HttpServer server;

  @BeforeEach
  void serve() throws Exception {
    Logger.getLogger("").addHandler(log);
  }

  @AfterEach
  void end() throws Exception {
    Logger.getLogger("").removeHandler(log);
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void what_is_malformed_is_answered_and_leaves_no_word_in_the_log() throws Exception {
    Router router = router();
    BadRequests.answer(router);
    listen(router);
    Map<String, String> answers = new LinkedHashMap<>();
    for (String request : requests()) {
      answers.put(request, answer(request));
    }
    assertThat(answers)
        .allSatisfy((request, answer) -> assertThat(answer).matches("HTTP/1.[01] 4.*"));
    assertThat(logged).isEmpty();
    assertThat(answer("POST /a/b/c HTTP/1.1\r\n" + HOST + "Content-Length: 0\r\n\r\n"))
        .as("what is as it should be")
        .isEqualTo("HTTP/1.1 404 Not Found");
  }

  /** So that the test above is not satisfied by a log that is not heard. */
  @Test
  void without_it_a_stack_trace_is_written() throws Exception {
    listen(router());
    answer("POST ?a=b HTTP/1.1\r\n" + HOST + "Content-Length: 0\r\n\r\n");
    assertThat(logged).anyMatch(line -> line.contains("QuarkusErrorHandler"));
  }

  @Test
  void our_own_faults_are_told_all_the_same() throws Exception {
    Router router = router();
    BadRequests.answer(router);
    router
        .route("/fails")
        .order(-2_000)
        .handler(
            request -> {
              throw new IllegalStateException("ours");
            });
    listen(router);
    assertThat(answer("GET /fails HTTP/1.1\r\n" + HOST + "\r\n")).contains("500");
    assertThat(logged).anyMatch(line -> line.contains("ours"));
  }

  @Test
  void an_answer_that_was_given_already_is_not_given_twice() throws Exception {
    Router router = router();
    BadRequests.answer(router);
    router
        .route("/large")
        .order(-2_000)
        .handler(
            request -> {
              // As the reader of a body does that is too large; then the resource answers too.
              request.response().setStatusCode(413).end();
              request.response().setStatusCode(400).end();
            });
    listen(router);
    assertThat(answer("GET /large HTTP/1.1\r\n" + HOST + "\r\n")).contains("413");
    assertThat(logged).isEmpty();
  }

  private static List<String> requests() {
    List<String> requests = new ArrayList<>();
    for (String target :
        List.of(
            "?a=b",
            "x",
            "/%%zz/a",
            "/%zz",
            "/%",
            "/%2",
            "/a/%e",
            "/a?b=%zz&timeout=%",
            "http://h/x",
            "http://h",
            "*",
            "//",
            "/../../x",
            "/\u00ff\u00fe/a",
            "/" + "a/".repeat(500),
            "/" + "a".repeat(5_000))) {
      for (String method : List.of("POST", "GET", "OPTIONS", "FOO")) {
        requests.add(method + " " + target + " HTTP/1.1\r\n" + HOST + "Content-Length: 0\r\n\r\n");
      }
    }
    requests.add("POST /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n"); // No Host.
    requests.add("POST ?a HTTP/1.0\r\n\r\n");
    requests.add("POST /a HTTP/1.1\r\n" + HOST + "Content-Length: x\r\n\r\n");
    requests.add("POST /a HTTP/1.1\r\n" + HOST + "Content-Length: -5\r\n\r\n");
    requests.add("POST /a HTTP/1.1\r\n" + HOST + "Transfer-Encoding: x\r\n\r\n");
    requests.add("POST /a HTTP/1.1\r\n" + HOST + "no colon\r\n\r\n");
    requests.add("POST /a HTTP/1.1\r\n" + HOST + "A: " + "a".repeat(20_000) + "\r\n\r\n");
    requests.add("POST /a HTTP/1.1\r\n" + HOST + "Host: y\r\n\r\n");
    requests.add("POST  HTTP/1.1\r\n" + HOST + "\r\n");
    requests.add("POST /\0/a HTTP/1.1\r\n" + HOST + "\r\n");
    return requests;
  }

  /** As the gate's: with its secret path, and with the handler of errors that Quarkus installs. */
  private Router router() {
    Router router = Router.router(vertx);
    Filters filters = new Filters();
    new GatePath(new ServerClock()).guard(filters);
    filters
        .getFilters()
        .forEach(
            filter -> router.route().order(-filter.getPriority()).handler(filter.getHandler()));
    router.route().last().failureHandler(new QuarkusErrorHandler(false, false, Optional.empty()));
    return router;
  }

  private void listen(Router router) throws Exception {
    server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
  }

  /** The first line of the answer. */
  private String answer(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.actualPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      socket.getOutputStream().flush();
      StringBuilder line = new StringBuilder();
      for (int c = socket.getInputStream().read(); c >= 0 && c != '\r'; ) {
        line.append((char) c);
        c = socket.getInputStream().read();
      }
      return line.toString();
    }
  }
}
