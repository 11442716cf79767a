package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What changes while a watch is opened anew is not missed. */
class ObjectWatchTest {

  private static final String EVENT =
      "{\"type\":\"MODIFIED\",\"object\":{\"kind\":\"PartialObjectMetadata\",\"metadata\":{\"name\":\"web\",\"resourceVersion\":\"7\"}}}\n";

  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;
  private volatile int code = 200;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  /** As the API server ends a watch whose time is over: the connection is simply closed. */
  @Test
  void after_a_broken_connection_it_goes_on_where_it_was() {
    ObjectWatch watch = watch();
    // What has come just before the end may be lost with the connection: it is sent again then.
    for (int times = 0; times < 100 && !asked.contains("from 7"); times++) {
      assertThatThrownBy(watch::run).isInstanceOf(ClusterException.class);
    }
    assertThat(asked).startsWith("list", "from 5").contains("from 7").containsOnlyOnce("list");
    assertThat(seen).contains("web");
  }

  @Test
  void where_the_server_can_not_tell_what_came_since_it_begins_anew() {
    ObjectWatch watch = watch();
    code = 410;
    assertThatThrownBy(watch::run).hasMessageContaining("410");
    assertThatThrownBy(watch::run).hasMessageContaining("410");
    assertThat(asked).containsExactly("list", "from 5", "list", "from 5");
  }

  private ObjectWatch watch() {
    ApiServer api =
        new ApiServer(
            new KubernetesClientBuilder()
                .withConfig(
                    new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .build())
                .build(),
            new ServerClock());
    return new ObjectWatch(
        api,
        "/apis/belay.dev/v1alpha1/releases",
        ObjectWatch.Content.METADATA,
        event -> seen.add(event.object().name()));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    if (!query.contains("watch=1")) {
      asked.add("list");
      byte[] list =
          "{\"kind\":\"PartialObjectMetadataList\",\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}"
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, list.length);
      exchange.getResponseBody().write(list);
      exchange.close();
      return;
    }
    asked.add("from " + query.replaceFirst(".*resourceVersion=", ""));
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    if (code != 200) {
      exchange.sendResponseHeaders(code, -1);
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(200, 10_000); // More than comes: it ends in the middle.
    exchange.getResponseBody().write(EVENT.getBytes(StandardCharsets.UTF_8));
    exchange.getResponseBody().flush();
    exchange.close();
  }
}
