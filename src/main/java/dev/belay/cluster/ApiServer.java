package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * JSON requests to the API server, over the Kubernetes client's connections and credentials.
 *
 * <p>Answers are what the server said, errors included, untouched by any model: a restore must not
 * lose a field that a model does not know, and a refusal is passed on in the server's own words.
 * Blocks; never called from an event loop.
 */
@ApplicationScoped
public class ApiServer {

  /** No single request of Belay takes longer than this. */
  static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);

  static final int PAGE = 500;

  static final String JSON = "application/json";
  static final String JSON_PATCH = "application/json-patch+json";
  static final String MERGE_PATCH = "application/merge-patch+json";
  static final String STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json";
  static final String APPLY_PATCH = "application/apply-patch+yaml";

  private static final String METADATA_ONLY =
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1," + JSON;

  private final HttpClient http;
  private final String server;
  private final ObjectMapper json = new ObjectMapper();
  private final Clock clock = Clock.systemUTC();
  private final AtomicReference<Instant> lastAnswer = new AtomicReference<>(Instant.EPOCH);

  public ApiServer(KubernetesClient client) {
    this.http = client.getHttpClient();
    String url = client.getMasterUrl().toString();
    this.server = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /** When the API server last answered anything; the epoch when it never did. */
  public Instant lastAnswer() {
    return java.util.Objects.requireNonNull(lastAnswer.get());
  }

  public ApiResponse get(String path) {
    return send("GET", path, null, JSON, JSON, REQUEST_TIMEOUT, List.of());
  }

  /** The same with these headers besides, which may say for whom it is read. */
  ApiResponse get(String path, List<Actor.Header> headers) {
    return send("GET", path, null, JSON, JSON, REQUEST_TIMEOUT, headers);
  }

  /** A list without the objects' contents: metadata only. */
  public ApiResponse listMetadata(String path) {
    return send("GET", path, null, JSON, METADATA_ONLY, REQUEST_TIMEOUT, List.of());
  }

  /**
   * The items of a list, in pages of {@value #PAGE}, so that a cluster of any size fits.
   *
   * @param path with its query, if it has one
   * @param metadataOnly whether the objects' contents are left out
   * @param each is given one item after the other
   * @throws ClusterException when a page can't be read
   */
  public void forEach(String path, boolean metadataOnly, Consumer<JsonNode> each) {
    String query = path + (path.contains("?") ? "&" : "?") + "limit=" + PAGE;
    String next = "";
    do {
      String page =
          next.isEmpty()
              ? query
              : query + "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
      JsonNode list =
          (metadataOnly ? listMetadata(page) : get(page)).orThrow("listing " + path).body();
      list.path("items").forEach(each);
      next = list.path("metadata").path("continue").asText("");
    } while (!next.isEmpty());
  }

  ApiResponse get(String path, Duration timeout) {
    return send("GET", path, null, JSON, JSON, timeout, List.of());
  }

  ApiResponse listMetadata(String path, Duration timeout) {
    return send("GET", path, null, JSON, METADATA_ONLY, timeout, List.of());
  }

  /** The answer of a path that speaks plain text (logs); empty when it has none. */
  public String text(String path) {
    return new String(bytes(path), StandardCharsets.UTF_8);
  }

  /** The same as it came. */
  byte[] bytes(String path) {
    HttpResponse<byte[]> response =
        exchange(http.newHttpRequestBuilder().uri(server + path).build(), path, REQUEST_TIMEOUT);
    return response.isSuccessful() ? response.body() : new byte[0];
  }

  ApiResponse getAs(String path, String accept) {
    return send("GET", path, null, JSON, accept, REQUEST_TIMEOUT, List.of());
  }

  public ApiResponse send(String method, String path, @Nullable JsonNode body, String contentType) {
    return send(method, path, body, contentType, JSON, REQUEST_TIMEOUT, List.of());
  }

  ApiResponse send(
      String method, String path, @Nullable JsonNode body, String contentType, Duration timeout) {
    return send(method, path, body, contentType, JSON, timeout, List.of());
  }

  /** The same request with these headers besides, which may say for whom it is made. */
  ApiResponse send(
      String method,
      String path,
      @Nullable JsonNode body,
      String contentType,
      Duration timeout,
      List<Actor.Header> headers) {
    return send(method, path, body, contentType, JSON, timeout, headers);
  }

  private ApiResponse send(
      String method,
      String path,
      @Nullable JsonNode body,
      String contentType,
      String accept,
      Duration timeout,
      List<Actor.Header> headers) {
    HttpRequest.Builder request =
        http.newHttpRequestBuilder()
            .uri(server + path)
            .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    headers.forEach(header -> request.header(header.name(), header.value()));
    if (method.equals("GET")) {
      request.setHeader("Accept", accept);
    } else {
      request.method(method, contentType, body == null ? "" : body.toString());
      request.setHeader("Accept", JSON);
    }
    HttpResponse<byte[]> response = exchange(request.build(), method + " " + path, timeout);
    List<String> warnings = new ArrayList<>();
    for (String header : response.headers("Warning")) {
      warnings.add(WarningHeader.text(header));
    }
    return new ApiResponse(response.code(), parse(response.body()), List.copyOf(warnings));
  }

  private HttpResponse<byte[]> exchange(HttpRequest request, String what, Duration timeout) {
    try {
      HttpResponse<byte[]> response =
          http.sendAsync(request, byte[].class)
              .get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
      lastAnswer.set(clock.instant());
      return response;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException(what, e);
    } catch (ExecutionException e) {
      throw new ClusterException(what, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new ClusterException(what + ": no answer within " + timeout.toSeconds() + " s", 0);
    }
  }

  /** An answer that goes on: the parts of its body are given as they come. */
  CompletableFuture<HttpResponse<AsyncBody>> stream(
      String path, String accept, AsyncBody.Consumer<List<ByteBuffer>> parts) {
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(server + path)
            .setHeader("Accept", accept)
            .forStreaming()
            .build();
    return http.consumeBytes(request, parts);
  }

  private JsonNode parse(byte @Nullable [] body) {
    if (body == null || body.length == 0) {
      return MissingNode.getInstance();
    }
    try {
      return json.readTree(body);
    } catch (IOException e) {
      // A proxy's error page: its status code says enough, its text is for browsers.
      return MissingNode.getInstance();
    }
  }
}
