package dev.belay.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.belay.admission.Review.BadReview;
import dev.belay.cluster.Deadline;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStorage;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is posted gets an answer that is one, or is said to be no review. */
class MutatedReviewTest {

  private static final int ROUNDS = 3_000;

  /** Another one: {@code -Dbelay.seed=…}. */
  private static final long SEED = Long.getLong("belay.seed", 20260301L);

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String OBJECT_REVIEW =
      """
      apiVersion: admission.k8s.io/v1
      kind: AdmissionReview
      request:
        uid: u
        namespace: shop
        dryRun: false
        userInfo: {username: ci, groups: [a], extra: {a: [b]}}
        options: {fieldManager: kubectl}
        object:
          apiVersion: autoscaling/v2
          kind: HorizontalPodAutoscaler
          metadata: {name: web, namespace: shop, labels: {app: web}, annotations: {a: b}}
          spec:
            scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
            replicas: 2
            minReplicas: 0
            maxReplicas: 5
            metrics:
              - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: -1}}}
      """;

  private final Random random = new Random(SEED);
  private final Mutation mutation = new Mutation(random);
  private int answers;
  private int denials;
  private int refusals;

  @Test
  void every_mutation_of_a_review_is_answered_or_is_no_review() {
    TestingCluster cluster =
        new TestingCluster()
            .answers("ConfigMap", 422, "")
            .answers("Pod", 500, "trouble")
            .answers("Service", 409, "conflict");
    Preflight preflight = cluster.preflight();
    for (int round = 0; round < ROUNDS; round++) {
      byte[] body = mutated();
      try {
        check(preflight, body);
      } catch (BadReview e) {
        refusals++;
        assertThat(e.getMessage()).isNotEmpty();
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed %d, round %d, body %s".formatted(SEED, round, new String(body, UTF_8)), e);
      }
    }
    assertThat(answers).as("mutations are not all too wild").isGreaterThan(ROUNDS / 3);
    assertThat(denials).isGreaterThan(ROUNDS / 20);
    assertThat(refusals).isGreaterThan(ROUNDS / 20);
  }

  @Test
  void every_mutation_of_an_object_is_answered_or_is_no_review() throws Exception {
    TestingCluster cluster = new TestingCluster().answers("Service", 422, "no");
    List<Webhook> gates = List.of(cluster.early(), cluster.last(), cluster.preflight());
    String[] operations = {"CREATE", "UPDATE", "UPDATE", "DELETE", "CONNECT", ""};
    for (int round = 0; round < ROUNDS; round++) {
      ObjectNode review = (ObjectNode) YAML.readTree(OBJECT_REVIEW);
      ObjectNode request = (ObjectNode) review.path("request");
      request.put("operation", operations[random.nextInt(operations.length)]);
      request.set("oldObject", request.path("object").deepCopy());
      mutation.of(random.nextBoolean() ? request : (ObjectNode) request.path("object"));
      String text = review.toString();
      byte[] body = (random.nextInt(5) == 0 ? mutation.text(text) : text).getBytes(UTF_8);
      try {
        check(gates.get(random.nextInt(gates.size())), body);
      } catch (BadReview e) {
        refusals++;
        assertThat(e.getMessage()).isNotEmpty();
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "seed %d, round %d, body %s".formatted(SEED, round, new String(body, UTF_8)), e);
      }
    }
    assertThat(answers).isGreaterThan(ROUNDS / 3);
    assertThat(denials).isGreaterThan(ROUNDS / 20);
    assertThat(refusals).isGreaterThan(ROUNDS / 20);
  }

  private void check(Webhook webhook, byte[] body) throws BadReview {
    Review review = Review.read(new ByteArrayInputStream(body));
    Answer answer = webhook.review(review, Deadline.of("10s", Duration.ofSeconds(10)));
    JsonNode response = answer.toReview(review.uid()).path("response");
    assertThat(response.path("uid").textValue()).isEqualTo(review.uid()).isNotEmpty();
    assertThat(response.path("allowed").isBoolean()).isTrue();
    assertThat(response.path("warnings").size()).isLessThanOrEqualTo(10);
    for (JsonNode warning : response.path("warnings")) {
      assertThat(warning.textValue()).doesNotContain("\n").hasSizeLessThanOrEqualTo(250);
    }
    answers++;
    if (!response.path("allowed").booleanValue()) {
      denials++;
      assertThat(response.path("status").path("message").textValue()).isNotEmpty();
    }
  }

  private byte[] mutated() {
    String manifest = random.nextBoolean() ? Reviews.GOOD : Reviews.BAD;
    ObjectNode record = Reviews.record("pending-upgrade", manifest).json();
    int where = random.nextInt(5);
    if (where == 0) {
      record.put("manifest", mutation.text(manifest));
    } else if (where == 1) {
      mutation.of(record);
    }
    ObjectNode review =
        Reviews.json(
            HelmStorage.created("Secret", new HelmRecord(record), Map.of(), Instant.EPOCH).json());
    if (where == 2) {
      mutation.of(review);
    } else if (where == 3) {
      ObjectNode data = (ObjectNode) review.path("request").path("object").path("data");
      data.put("release", mutation.text(data.path("release").textValue()));
    }
    String text = review.toString();
    return (where == 4 ? mutation.text(text) : text).getBytes(UTF_8);
  }
}
