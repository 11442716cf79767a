package dev.belay.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.cluster.Attempts.Kind;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * JSON requests to the API server, over the Kubernetes client's connections and credentials.
 *
 * <p>Answers are what the server said, errors included, untouched by any model: a restore must not
 * lose a field that a model does not know, and a refusal is passed on in the server's own words. An
 * answer that can't be read, or that is not the server's own, is an error, whatever its code. Reads
 * are made again before they count as failed (see {@link Attempts}). Blocks; never called from an
 * event loop.
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

  private static final String DRY_RUN = "dryRun=All";

  private final HttpClient http;
  private final String server;
  private final Answers answers;

  public ApiServer(KubernetesClient client, ServerClock clock) {
    this.http = client.getHttpClient();
    String url = client.getMasterUrl().toString();
    this.server = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.answers = new Answers(clock);
  }

  /** How long ago the API server last answered anything; empty when it never did. */
  public Optional<Duration> silence() {
    return answers.silence();
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
   * @param kind of the items
   * @param path with its query, if it has one
   * @param metadataOnly whether the objects' contents are left out
   * @param each is given one item after the other
   * @throws ClusterException when a page can't be read: what the pages before it had is not all
   */
  public void forEach(String kind, String path, boolean metadataOnly, Consumer<JsonNode> each) {
    pages(
        kind, path, path + (path.contains("?") ? "&" : "?") + "limit=" + PAGE, metadataOnly, each);
  }

  /** The items of a list, read with one request, unless the server gives it in parts. */
  List<JsonNode> list(String kind, String path, boolean metadataOnly) {
    List<JsonNode> all = new ArrayList<>();
    pages(kind, path, path, metadataOnly, all::add);
    return all;
  }

  private void pages(
      String kind, String path, String first, boolean metadataOnly, Consumer<JsonNode> each) {
    String next = "";
    do {
      String page =
          next.isEmpty()
              ? first
              : first
                  + (first.contains("?") ? "&" : "?")
                  + "continue="
                  + URLEncoder.encode(next, StandardCharsets.UTF_8);
      ApiResponse list = metadataOnly ? listMetadata(page) : get(page);
      list.items("listing " + path, kind).forEach(each);
      next = list.continues();
    } while (!next.isEmpty());
  }

  ApiResponse get(String path, Duration timeout) {
    return send("GET", path, null, JSON, JSON, timeout, List.of());
  }

  ApiResponse listMetadata(String path, Duration timeout) {
    return send("GET", path, null, JSON, METADATA_ONLY, timeout, List.of());
  }

  /**
   * The answer of a path that speaks no Kubernetes objects.
   *
   * @throws ClusterException when it has none
   */
  public String text(String path) {
    HttpResponse<byte[]> response = plain(path);
    if (!response.isSuccessful()) {
      throw new ClusterException("GET %s: HTTP %d".formatted(path, response.code()), 0);
    }
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  /** The bytes of a path that speaks plain text (logs); none when it has none. */
  byte[] bytes(String path) {
    HttpResponse<byte[]> response = plain(path);
    return response.isSuccessful() ? response.body() : new byte[0];
  }

  private HttpResponse<byte[]> plain(String path) {
    Attempts attempts = new Attempts(Kind.READ, REQUEST_TIMEOUT, System::nanoTime);
    while (true) {
      Duration timeout = attempts.next();
      Duration pause;
      try {
        HttpResponse<byte[]> response =
            exchange(request(path, timeout).build(), "GET " + path, timeout);
        pause = attempts.pause(response.code(), Answers.retryAfter(response));
        if (response.isSuccessful()) {
          answers.heard(path, response);
        }
        if (response.isSuccessful() || pause.isNegative()) {
          return response;
        }
      } catch (ClusterException e) {
        pause = attempts.pause(e.code(), e.retryAfter());
        if (pause.isNegative()) {
          throw e;
        }
      }
      await(pause);
    }
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
    String what = method + " " + path;
    Attempts attempts = new Attempts(kind(method, path), timeout, System::nanoTime);
    while (true) {
      Duration left = attempts.next();
      HttpRequest.Builder request = request(path, left);
      headers.forEach(header -> request.header(header.name(), header.value()));
      if (method.equals("GET")) {
        request.setHeader("Accept", accept);
      } else {
        request.method(method, contentType, body == null ? "" : body.toString());
        request.setHeader("Accept", JSON);
      }
      Duration pause;
      try {
        ApiResponse answer = answers.read(what, path, exchange(request.build(), what, left));
        pause = attempts.pause(answer.code(), answer.retryAfter());
        if (answer.ok() || pause.isNegative()) {
          return answer;
        }
      } catch (ClusterException e) {
        pause = attempts.pause(e.code(), e.retryAfter());
        if (e.isUnknownPath() || pause.isNegative()) {
          throw e;
        }
      }
      await(pause);
    }
  }

  private static Kind kind(String method, String path) {
    if (method.equals("GET")) {
      return Kind.READ;
    }
    return path.contains(DRY_RUN) ? Kind.DRY_RUN : Kind.WRITE;
  }

  private HttpRequest.Builder request(String path, Duration timeout) {
    return http.newHttpRequestBuilder()
        .uri(server + path)
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private HttpResponse<byte[]> exchange(HttpRequest request, String what, Duration timeout) {
    try {
      return http.sendAsync(request, byte[].class)
          .get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException(what, e);
    } catch (ExecutionException e) {
      throw new ClusterException(what, e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      throw new ClusterException(what + ": no answer within " + timeout.toSeconds() + " s", 0);
    }
  }

  private static void await(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("waiting for the API server", e);
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
}
