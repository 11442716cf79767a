package dev.belay.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.belay.certificate.Identity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Holds one write of Belay inside the API server, so that a test can do something in the very
 * middle of it: a validating webhook that answers only when told to. No part of Belay knows of it.
 */
final class WriteStopper implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String OBJECTS =
      "- {apiGroups: ['', apps, autoscaling], apiVersions: ['*'], operations: [UPDATE],"
          + " resources: [secrets, configmaps, services, deployments, horizontalpodautoscalers]}";

  private static final String EVERYTHING =
      OBJECTS
          .replace("[UPDATE]", "[CREATE, UPDATE]")
          .replace("'', apps", "'', apps, belay.dev")
          .replace("[secrets,", "[releases/status, secrets,");

  private final HttpsServer server;
  private final String name;
  private final int stopAt;
  private final Predicate<JsonNode> first;
  private final boolean laterToo;
  private final AtomicInteger writes = new AtomicInteger();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  private WriteStopper(
      HttpsServer server, String name, int stopAt, Predicate<JsonNode> first, boolean laterToo) {
    this.first = first;
    this.laterToo = laterToo;
    this.server = server;
    this.name = name;
    this.stopAt = stopAt;
  }

  /**
   * Stops the n-th update or patch of a release's object that Belay sends in this namespace, and
   * all that come after it: Belay tries again what it has no answer to.
   */
  static WriteStopper ofBelayIn(TestNamespace namespace, int n) throws Exception {
    return of(namespace, n, OBJECTS, review -> true, true);
  }

  /**
   * Stops the n-th write of a rollback, whatever it writes: its plan on the Release is the first
   * one, then come the objects, Helm's records, and the Release again.
   */
  static WriteStopper ofRollbackIn(TestNamespace namespace, int n) throws Exception {
    return of(
        namespace,
        n,
        EVERYTHING,
        review -> review.at("/request/object/status/rollback").isObject(),
        false);
  }

  private static WriteStopper of(
      TestNamespace namespace, int n, String rules, Predicate<JsonNode> first, boolean laterToo)
      throws Exception {
    Identity certificate = Identity.make(List.of("127.0.0.1"), Instant.now(), Duration.ofDays(1));
    HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(certificate)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    WriteStopper stopper = new WriteStopper(server, "stop-" + namespace.name(), n, first, laterToo);
    server.createContext("/", stopper::answer);
    server.start();
    stopper.register(namespace.name(), certificate, rules);
    return stopper;
  }

  void awaitReached() throws InterruptedException {
    if (!reached.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError(
          "write " + stopAt + " was never sent, only " + writes.get() + " were");
    }
  }

  /** Lets the write go on. */
  void release() {
    released.countDown();
  }

  @Override
  public void close() {
    release();
    TestNamespace.kubectlAnywhere("delete", "validatingwebhookconfiguration", name);
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    JsonNode review = JSON.readTree(exchange.getRequestBody());
    if (writes.get() == 0 && !first.test(review)) {
      allow(exchange, review);
      return;
    }
    int write = writes.incrementAndGet();
    if (write == stopAt || (laterToo && write > stopAt)) {
      reached.countDown();
      try {
        if (!released.await(TestNamespace.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          throw new IOException("nobody released the write");
        }
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    allow(exchange, review);
  }

  private static void allow(HttpExchange exchange, JsonNode review) throws IOException {
    byte[] answer =
        """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview",
         "response":{"uid":"%s","allowed":true}}
        """
            .formatted(review.path("request").path("uid").asText())
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private void register(String namespace, Identity certificate, String rules) throws IOException {
    String configuration =
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: %s}
        webhooks:
          - name: stop.test.belay.dev
            admissionReviewVersions: [v1]
            sideEffects: None
            failurePolicy: Ignore
            timeoutSeconds: 30
            clientConfig: {url: 'https://127.0.0.1:%d/', caBundle: %s}
            namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}
            rules:
              %s
            matchConditions:
              - {name: belay, expression: 'request.userInfo.username == "system:serviceaccount:belay-system:belay"'}
              - {name: member, expression: 'object.metadata.name == "web" || object.metadata.name.startsWith("sh.helm") || object.kind == "Release"'}
        """
            .formatted(
                name,
                server.getAddress().getPort(),
                Base64.getEncoder()
                    .encodeToString(certificate.authority().getBytes(StandardCharsets.US_ASCII)),
                namespace,
                rules);
    TestNamespace.kubectlAnywhere("apply", "-f", TestNamespace.file(configuration)).succeeds();
  }

  private static SSLContext context(Identity certificate) throws Exception {
    String pem = certificate.key().replaceAll("-----[A-Z ]+-----|\\s", "");
    PrivateKey key =
        KeyFactory.getInstance("EC")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    Certificate leaf;
    try (var in =
        new ByteArrayInputStream(certificate.certificate().getBytes(StandardCharsets.US_ASCII))) {
      leaf = CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("leaf", key, new char[0], new Certificate[] {leaf});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
