package dev.belay.it;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A collector of traces: takes OTLP over HTTP, and keeps it. The messages are read by the numbers
 * of their fields (opentelemetry-proto, trace/v1/trace.proto).
 */
final class SpanReceiver implements AutoCloseable {

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();

  /**
   * One span.
   *
   * @param parentId empty for the first one of its trace
   * @param failed whether its status is an error
   */
  record Span(
      String traceId,
      String id,
      String parentId,
      String name,
      Map<String, String> attributes,
      boolean failed) {

    boolean has(String attribute, String value) {
      return value.equals(attributes.get(attribute));
    }

    boolean isPartOf(Span other) {
      return parentId.equals(other.id) && traceId.equals(other.traceId);
    }
  }

  SpanReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<Span> spans() {
    return spans;
  }

  /** Everything that has been sent, as it was. */
  String raw() {
    return String.join("\n", bodies);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    bodies.add(new String(body, StandardCharsets.ISO_8859_1));
    for (UnknownFieldSet resource : messages(UnknownFieldSet.parseFrom(body), 1)) {
      for (UnknownFieldSet scope : messages(resource, 2)) {
        for (UnknownFieldSet span : messages(scope, 2)) {
          spans.add(span(span));
        }
      }
    }
    exchange.sendResponseHeaders(200, -1);
    exchange.close();
  }

  private static Span span(UnknownFieldSet span) throws IOException {
    Map<String, String> attributes = new HashMap<>();
    for (UnknownFieldSet attribute : messages(span, 9)) {
      UnknownFieldSet value = messages(attribute, 2).getFirst();
      attributes.put(
          text(attribute, 1),
          value.getField(3).getVarintList().isEmpty()
              ? text(value, 1)
              : value.getField(3).getVarintList().getFirst().toString());
    }
    boolean failed = false;
    for (UnknownFieldSet status : messages(span, 15)) {
      failed |= status.getField(3).getVarintList().contains(2L);
    }
    return new Span(hex(span, 1), hex(span, 2), hex(span, 4), text(span, 5), attributes, failed);
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet in, int field) throws IOException {
    List<UnknownFieldSet> all = new ArrayList<>();
    for (ByteString bytes : in.getField(field).getLengthDelimitedList()) {
      all.add(UnknownFieldSet.parseFrom(bytes));
    }
    return all;
  }

  private static String text(UnknownFieldSet in, int field) {
    return in.getField(field).getLengthDelimitedList().stream()
        .map(ByteString::toStringUtf8)
        .findFirst()
        .orElse("");
  }

  private static String hex(UnknownFieldSet in, int field) {
    return in.getField(field).getLengthDelimitedList().stream()
        .map(bytes -> HexFormat.of().formatHex(bytes.toByteArray()))
        .findFirst()
        .orElse("");
  }
}
