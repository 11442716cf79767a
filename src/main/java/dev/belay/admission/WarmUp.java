package dev.belay.admission;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemTrustOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Reviews that the gate sends to itself before anybody else can: a cold JVM takes two seconds for
 * its first review, which a client at its webhook's timeout would see. They go the whole way, TLS
 * and the API server's dry run included, and ask what would happen in Belay's own namespace.
 */
@ApplicationScoped
public class WarmUp {

  private static final Logger LOG = Logger.getLogger(WarmUp.class);

  /** Enough for the classes to be loaded and the hottest paths to be compiled. */
  private static final int ROUNDS = 25;

  private static final Duration AT_MOST = Duration.ofSeconds(4);
  private static final Duration ONE = Duration.ofSeconds(5);

  /** The API server's are of another form. */
  private static final String UID = "warm-up";

  /** A trace that is not kept: nobody has asked for these. */
  private static final String UNTRACED = "00-%s-%s-00".formatted("b".repeat(32), "b".repeat(16));

  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: belay-warm-up, labels: {app: belay-warm-up}}
      data: {a: b}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: belay-warm-up, labels: {app: belay-warm-up}}
      spec:
        selector: {matchLabels: {app: belay-warm-up}}
        template:
          metadata: {labels: {app: belay-warm-up}}
          spec: {containers: [{name: a, image: a, resources: {requests: {cpu: 1m}}}]}
      ---
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: belay-warm-up}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: belay-warm-up}
        maxReplicas: 2
        metrics:
          - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}
      """;

  private final Vertx vertx;
  private final String namespace;

  WarmUp(Vertx vertx, @ConfigProperty(name = "belay.namespace") String namespace) {
    this.vertx = vertx;
    this.namespace = namespace;
  }

  /** Whether a gate has sent this review to itself. */
  static boolean isOne(Review review) {
    return review.uid().equals(UID);
  }

  /**
   * Sends the reviews; takes 4 s, and the time of one review, at the most. What fails is a slower
   * first review, and nothing else.
   *
   * @param port where the gate listens
   * @param authority in PEM
   * @param secretPath first element of the path
   */
  public void run(int port, String authority, String secretPath) throws InterruptedException {
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(true)
            // The certificate is for the names that the API server uses, not for the loopback.
            .setVerifyHost(false)
            .setTrustOptions(new PemTrustOptions().addCertValue(Buffer.buffer(authority)));
    long end = System.nanoTime() + AT_MOST.toNanos();
    HttpClient client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(4));
    try {
      for (int round = 0; round < ROUNDS && System.nanoTime() < end; round++) {
        for (String entry : List.of("early", "final", "preflight")) {
          String review = entry.equals("preflight") ? record() : object();
          client
              .request(
                  HttpMethod.POST,
                  port,
                  "127.0.0.1",
                  "/" + secretPath + "/enforce/" + entry + "?timeout=5s")
              .compose(
                  request -> request.putHeader("traceparent", UNTRACED).send(Buffer.buffer(review)))
              .compose(HttpClientResponse::body)
              .toCompletionStage()
              .toCompletableFuture()
              .get(ONE.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    } catch (ExecutionException | TimeoutException e) {
      LOG.warnf("the gate could not be warmed up, its first answers may be slow: %s", e);
    } finally {
      client.close();
    }
  }

  private String object() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "v1").put("kind", "ConfigMap");
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("name", "belay-warm-up").put("namespace", namespace);
    metadata.putObject("labels").put("app", "belay-warm-up");
    return review(object);
  }

  private String record() {
    ObjectNode record = JsonNodeFactory.instance.objectNode();
    record.put("name", "belay-warm-up").put("namespace", namespace).put("version", 1);
    record.put("manifest", MANIFEST).put("apply_method", "ssa");
    record.putObject("info").put("status", "pending-install");
    KubeObject stored =
        HelmStorage.created("Secret", new HelmRecord(record), Map.of(), Instant.EPOCH);
    return review(stored.json());
  }

  private String review(ObjectNode object) {
    ObjectNode review = JsonNodeFactory.instance.objectNode();
    review.put("apiVersion", Review.API_VERSION).put("kind", "AdmissionReview");
    ObjectNode request = review.putObject("request");
    request.put("uid", UID).put("operation", "CREATE").put("namespace", namespace);
    request.put("dryRun", true);
    request.set("object", object);
    return review.toString();
  }
}
