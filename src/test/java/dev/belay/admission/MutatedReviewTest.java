package dev.belay.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.admission.Review.BadReview;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmSecrets;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is posted gets an answer that is one, or is said to be no review. */
class MutatedReviewTest {

  private static final int ROUNDS = 3_000;

  /** Another one: {@code -Dbelay.seed=…}. */
  private static final long SEED = Long.getLong("belay.seed", 20260301L);

  private static final String[] PIECES = {
    "\n---\n",
    "&a ",
    "*a",
    "<<: ",
    "!!binary ",
    "!!int ",
    ".inf",
    "1e999999999",
    "-0",
    "null",
    "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}",
    "kind: List\nitems: [1]\n",
    "\ud83d",
    "\u0000",
    "? ",
    "9".repeat(60),
    "\"",
    "'",
    "- - - ",
    "[",
    "{"
  };

  private static final String SIGNS = "{}[]:,-&*!|>'\"%@`#\n\t 019";

  private final Random random = new Random(SEED);
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

  private void check(Preflight preflight, byte[] body) throws BadReview {
    Review review = Review.read(body);
    Answer answer = preflight.review(review, Deadline.of("10s", Duration.ofSeconds(10)));
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
      record.put("manifest", mutatedText(manifest));
    } else if (where == 1) {
      mutate(record);
    }
    ObjectNode review =
        Reviews.json(HelmSecrets.created(new HelmRecord(record), Map.of(), Instant.EPOCH).json());
    if (where == 2) {
      mutate(review);
    } else if (where == 3) {
      ObjectNode data = (ObjectNode) review.path("request").path("object").path("data");
      data.put("release", mutatedText(data.path("release").textValue()));
    }
    String text = review.toString();
    return (where == 4 ? mutatedText(text) : text).getBytes(UTF_8);
  }

  /** Changes one to four nodes anywhere in the tree. */
  private void mutate(ObjectNode tree) {
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      List<JsonNode> parents = new ArrayList<>();
      collect(tree, parents);
      JsonNode parent = parents.get(random.nextInt(parents.size()));
      if (parent instanceof ObjectNode object && !object.isEmpty()) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = names.get(random.nextInt(names.size()));
        if (random.nextInt(4) == 0) {
          object.remove(name);
        } else {
          object.set(name, anything());
        }
      } else if (parent instanceof ArrayNode array) {
        array.add(anything());
      }
    }
  }

  private static void collect(JsonNode node, List<JsonNode> parents) {
    if (node.isContainerNode()) {
      parents.add(node);
      node.forEach(child -> collect(child, parents));
    }
  }

  private JsonNode anything() {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (random.nextInt(10)) {
      case 0 -> json.nullNode();
      case 1 -> json.booleanNode(random.nextBoolean());
      case 2 -> json.numberNode(random.nextLong());
      case 3 -> json.numberNode(new BigDecimal(BigInteger.TEN, random.nextInt()));
      case 4 -> json.numberNode(BigInteger.TWO.pow(200));
      case 5 -> json.textNode("");
      case 6 -> json.textNode("\u0000\ud83d\ude80\n".repeat(random.nextInt(200)));
      case 7 -> json.objectNode().put("kind", "List");
      case 8 -> json.arrayNode().add(json.arrayNode().add(json.nullNode()));
      default -> json.textNode(Reviews.BAD);
    };
  }

  /** Replaces, removes, repeats and swaps pieces. */
  private String mutatedText(String text) {
    StringBuilder changed = new StringBuilder(text);
    for (int times = 1 + random.nextInt(6); times > 0 && !changed.isEmpty(); times--) {
      int at = random.nextInt(changed.length());
      int end = Math.min(changed.length(), at + 1 + random.nextInt(12));
      switch (random.nextInt(5)) {
        case 0 -> changed.setCharAt(at, (char) random.nextInt(128));
        case 1 -> changed.delete(at, end);
        case 2 -> changed.insert(at, changed.substring(at, end));
        case 3 -> changed.insert(at, PIECES[random.nextInt(PIECES.length)]);
        default -> changed.setCharAt(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
      }
    }
    return changed.toString();
  }
}
