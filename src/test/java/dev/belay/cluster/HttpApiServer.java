package dev.belay.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** An HTTP server that answers one request after the other with what it was told to. */
final class HttpApiServer implements AutoCloseable {

  /** What comes over the wire. */
  sealed interface Reply {
    /** A whole answer. */
    record Whole(int code, String body, Map<String, String> headers) implements Reply {}

    /** The connection ends without an answer. */
    record Nothing() implements Reply {}

    /** The connection ends in the middle of the body. */
    record Cut(String body) implements Reply {}
  }

  /** The requests, as method and path with its query. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final HttpServer server;
  private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();

  HttpApiServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  ApiServer client(ServerClock clock) {
    return new ApiServer(
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build(),
        clock);
  }

  HttpApiServer replies(Reply reply) {
    replies.add(reply);
    return this;
  }

  HttpApiServer replies(int code, String body) {
    return replies(new Reply.Whole(code, body, Map.of()));
  }

  /** Nothing is left of what it was told to reply. */
  void forget() {
    replies.clear();
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    exchange.getRequestBody().readAllBytes();
    Reply reply = replies.poll();
    switch (reply) {
      case Reply.Whole whole -> {
        whole.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] body = whole.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(whole.code(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      }
      case Reply.Cut cut -> {
        byte[] body = cut.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body, 0, body.length / 2);
        exchange.getResponseBody().flush();
      }
      case Reply.Nothing nothing -> {}
      case null -> exchange.sendResponseHeaders(599, -1);
    }
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
