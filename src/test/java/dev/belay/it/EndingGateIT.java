package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A gate that is told to end, as in a rolling upgrade. The API server keeps its connections to it,
 * whatever its Service says, and what it sends on them has to be answered.
 */
@Alone
class EndingGateIT {

  private static final int CONNECTIONS = 8;
  private static final String WAITING = "Waiting for HTTP requests to complete";
  private static final String REVIEW =
      """
      {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",
       "request":{"uid":"a","operation":"CREATE","namespace":"default",
        "object":{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}}}
      """;

  @AfterEach
  void end() {
    BelayProcess.shutDown();
  }

  @Test
  void everyReviewOfAConnectionThatIsOpenIsAnsweredAndThenItIsClosed() throws Exception {
    BelayProcess belay = BelayProcess.instead(Map.of("QUARKUS_SHUTDOWN_DELAY", "3s"));
    AtomicInteger answered = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> connections = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        connections.add(
            threads.submit(
                () -> {
                  try (Connection connection = new Connection(belay)) {
                    while (!connection.ask()) {
                      answered.incrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      Awaitility.await("all are at it")
          .atMost(TestNamespace.PATIENCE)
          .until(() -> answered.get() > 10 * CONNECTIONS);
      belay.signal("TERM");
      for (Future<?> connection : connections) {
        connection.get(); // Throws what has kept it from an answer.
      }
    }
  }

  @Test
  void aReviewThatIsUnderWayIsAnswered() throws Exception {
    BelayProcess belay = BelayProcess.instead(Map.of());
    int before = BelayProcess.logged(WAITING).size();
    try (Connection connection = new Connection(belay)) {
      int half = REVIEW.length() / 2;
      connection.begin(REVIEW.substring(0, half));
      // Whoever comes after it is answered: so its head has been read.
      try (Connection after = new Connection(belay)) {
        after.ask();
      }
      belay.signal("TERM");
      Awaitility.await("the gate waits for it")
          .atMost(TestNamespace.PATIENCE)
          .until(() -> BelayProcess.logged(WAITING).size() > before);
      connection.send(REVIEW.substring(half));
      connection.readAnswer();
    }
  }

  /** One that is kept open, as the API server keeps its own. */
  private static final class Connection implements AutoCloseable {

    private final String head;
    private final SSLSocket socket;
    private final OutputStream out;
    private final BufferedReader in;

    Connection(BelayProcess belay) throws Exception {
      head =
          "POST /%s/enforce/final?timeout=10s HTTP/1.1\r\nHost: gate\r\nContent-Length: %d\r\n\r\n"
              .formatted(BelayProcess.secretPath(), REVIEW.length());
      socket = GateCertificate.connect(belay);
      socket.setSoTimeout(15_000);
      out = socket.getOutputStream();
      in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    /** Asks, and tells whether the gate has said that this was the last answer here. */
    boolean ask() throws IOException {
      begin(REVIEW);
      return readAnswer();
    }

    void begin(String body) throws IOException {
      send(head + body);
    }

    void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    boolean readAnswer() throws IOException {
      assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
      boolean last = false;
      int length = 0;
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        last |= line.equalsIgnoreCase("Connection: close");
        if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Integer.parseInt(line.substring("content-length:".length()).strip());
        }
      }
      assertThat(in.skip(length)).isEqualTo(length);
      return last;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
