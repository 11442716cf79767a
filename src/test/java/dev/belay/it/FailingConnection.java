package dev.belay.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A way to the API server on which requests fail as a test says, one by one: between Belay and the
 * API server, where a proxy or a load balancer may be. Who takes another way notices nothing.
 */
final class FailingConnection implements AutoCloseable {

  private static final Pattern SERVER = Pattern.compile("server: (https://\\S+)");
  private static final Pattern AUTHORITY = Pattern.compile("certificate-authority-data: (\\S+)");

  /** Those that an HTTP client makes itself. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of("connection", "content-length", "host", "transfer-encoding", "upgrade", "date");

  private static final Fault.Plan NOTHING_FAILS = (method, path) -> null;

  private final HttpServer front;
  private final HttpClient back;
  private final URI server;
  private final String kubeconfig;
  private final Map<Fault, AtomicInteger> failed = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Fault.Plan plan = NOTHING_FAILS;

  /** To the server of this kubeconfig; nothing fails yet. */
  FailingConnection(String kubeconfig) throws IOException, GeneralSecurityException {
    String read = Files.readString(Path.of(kubeconfig));
    Matcher found = SERVER.matcher(read);
    Matcher authority = AUTHORITY.matcher(read);
    if (!found.find() || !authority.find()) {
      throw new IllegalArgumentException(kubeconfig + " names no server, or no authority");
    }
    server = URI.create(found.group(1));
    back =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .sslContext(trusting(Base64.getDecoder().decode(authority.group(1))))
            .build();
    front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    front.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    front.createContext("/", this::carry);
    front.start();
    String through = "server: http://127.0.0.1:" + front.getAddress().getPort();
    this.kubeconfig =
        Path.of(TestNamespace.file(authority.replaceAll("").replaceAll(SERVER.pattern(), through)))
            .toAbsolutePath()
            .toString();
  }

  private static SSLContext trusting(byte[] authority)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "api-server",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(authority)));
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  /** A kubeconfig that goes this way. */
  String kubeconfig() {
    return kubeconfig;
  }

  /** From now on requests fail so. */
  void fails(Fault.Plan planned) {
    plan = planned;
  }

  /** From now on none fails. */
  void heals() {
    plan = NOTHING_FAILS;
  }

  /** How many requests have failed so. */
  int failed(Fault fault) {
    AtomicInteger count = failed.get(fault);
    return count == null ? 0 : count.get();
  }

  /** For people: how many requests there were, and how many of them have failed. */
  String summary() {
    return requests + " requests, of which failed " + failed;
  }

  @Override
  public void close() {
    front.stop(0);
    back.shutdownNow();
  }

  private void carry(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    requests.incrementAndGet();
    Fault fault = plan.of(exchange.getRequestMethod(), path);
    if (fault != null) {
      failed.computeIfAbsent(fault, none -> new AtomicInteger()).incrementAndGet();
    }
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      switch (fault) {
        case TOO_MANY_REQUESTS -> {
          exchange.getResponseHeaders().set("Retry-After", "1");
          answer(exchange, 429, "text/plain", "Too many requests, please try again later.\n");
        }
        case SERVER_ERROR ->
            answer(exchange, 500, "application/json", status(500, "InternalError"));
        case FORBIDDEN -> answer(exchange, 403, "application/json", status(403, "Forbidden"));
        case EMPTY -> answer(exchange, 200, "application/json", "{}");
        case PAGE -> answer(exchange, 200, "text/html", "<html>It works!</html>");
        case NO_PAGE -> answer(exchange, 404, "text/html", "<html>Not found</html>");
        case RESET -> {}
        case CUT, LOST -> pass(exchange, body, fault);
        case null -> pass(exchange, body, null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void pass(HttpExchange exchange, byte[] body, @Nullable Fault fault)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(exchange.getRequestURI().toString()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    boolean watches = exchange.getRequestURI().toString().contains("watch=");
    if (!watches) {
      request.timeout(Duration.ofSeconds(60));
    }
    HttpResponse<InputStream> response =
        back.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream answer = response.body()) {
      response
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!OF_THE_CONNECTION.contains(name.toLowerCase(Locale.ROOT))) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      if (watches) {
        stream(exchange, response.statusCode(), answer, fault);
        return;
      }
      byte[] whole = answer.readAllBytes();
      if (fault == Fault.LOST) {
        return;
      }
      byte[] sent = fault == Fault.CUT ? Arrays.copyOf(whole, whole.length / 2) : whole;
      exchange.sendResponseHeaders(response.statusCode(), whole.length == 0 ? -1 : whole.length);
      exchange.getResponseBody().write(sent);
      exchange.getResponseBody().flush();
    }
  }

  /** Part by part; one that is cut ends after the first. */
  private static void stream(
      HttpExchange exchange, int code, InputStream answer, @Nullable Fault fault)
      throws IOException {
    if (fault == Fault.LOST) {
      return;
    }
    exchange.sendResponseHeaders(code, 0);
    byte[] part = new byte[16 * 1024];
    OutputStream out = exchange.getResponseBody();
    for (int read = answer.read(part); read >= 0; read = answer.read(part)) {
      out.write(part, 0, fault == null ? read : read / 2);
      out.flush();
      if (fault != null) {
        return;
      }
    }
  }

  private static void answer(HttpExchange exchange, int code, String type, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }

  private static String status(int code, String reason) {
    return "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"x is forbidden\",\"reason\":\"%s\",\"code\":%d}"
        .formatted(reason, code);
  }
}
