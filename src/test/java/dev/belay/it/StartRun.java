package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.core.ConditionTimeoutException;

/** One row of a table of changes, in a namespace of its own, watched until its verdict is there. */
final class StartRun {

  private static final String RELEASE = "web";
  private static final long POLL_MILLIS = 1000;

  /** Until the version before the change is verified, where many begin at once. */
  private static final Duration BEFORE = Duration.ofSeconds(150);

  /** Until a verdict that is late is seen here. */
  private static final int LATE = 20;

  /** Until all is as it was, once a change has failed. */
  private final StartRow row;

  private final TestNamespace namespace;
  private final List<String> timeline = new ArrayList<>();
  private Instant sent = Instant.now();
  private boolean isSent;
  private Optional<Double> since = Optional.empty();
  private String lastSaid = "";
  private int restarts;

  private StartRun(StartRow row, TestNamespace namespace) {
    this.row = row;
    this.namespace = namespace;
  }

  /**
   * What came of a row.
   *
   * @param verdict in a word, with its time
   * @param problem what is not as it should be; empty when all is right
   * @param timeline what the Release said, and when
   */
  record Seen(String verdict, String problem, List<String> timeline) {

    /** For the table of what was measured. */
    String line(StartRow row) {
      return "%-5s %-44s %s".formatted(problem.isEmpty() ? "ok" : "WRONG", row.name(), verdict);
    }
  }

  static Seen of(StartRow row) throws InterruptedException {
    TestNamespace namespace = TestNamespace.enforced();
    StartRun run = new StartRun(row, namespace);
    try {
      return run.seen();
    } catch (AssertionError | ConditionTimeoutException e) {
      return new Seen("no verdict", String.valueOf(e.getMessage()), run.timeline);
    } finally {
      row.cleaned().forEach(step -> step.accept(namespace));
      namespace.close();
      if (row.nodes() > 0) {
        SimulatedNodes.remove(namespace);
      }
    }
  }

  /** Belay's own defaults, which the other tests make shorter. */
  static String policy(String name, String more) {
    return """
        apiVersion: belay.dev/v1alpha1
        kind: ReleasePolicy
        metadata: {name: %s}
        spec: {failure: {minimum: 10s, patience: 30s, imageNotFound: 10s}%s}
        """
        .formatted(name, more);
  }

  private Seen seen() throws InterruptedException {
    if (row.nodes() > 0) {
      SimulatedNodes.add(namespace, row.nodes());
    }
    namespace.apply(policy("starts", ""));
    row.prepared().forEach(step -> step.accept(namespace));
    int revision = 1;
    if (!row.before().isEmpty()) {
      send(row.before());
      awaitRevision(revision);
      revision++;
    }
    if (!row.timeout().isEmpty()) {
      namespace
          .kubectl("annotate", "release", RELEASE, "belay.dev/timeout=" + row.timeout())
          .succeeds();
    }
    sent = Instant.now();
    isSent = true;
    timeline.add(at() + "the change is sent");
    send(row.after());
    return row.fails() ? failing(revision) : verified(revision);
  }

  private void send(String manifest) {
    String objects = manifest.replace("NAMESPACE", namespace.name());
    if (row.helm().isPresent()) {
      namespace
          .helm(row.helm().get(), "upgrade", "--install", RELEASE, Chart.of(objects))
          .succeeds();
    } else {
      namespace.apply(marked(objects));
    }
  }

  static String marked(String objects) {
    return objects.replace(
        "\nmetadata: {name:",
        "\nmetadata: {labels: {belay.dev/release: %s}, name:".formatted(RELEASE));
  }

  private void awaitRevision(int revision) throws InterruptedException {
    Instant end = Instant.now().plus(BEFORE);
    while (!isVerified(look(new TreeMap<>()), revision)) {
      assertThat(Instant.now()).as("the version before it: " + lastSaid).isBefore(end);
      pause();
    }
  }

  private static boolean isVerified(JsonNode status, int revision) {
    return status.at("/stable/revision").asInt() == revision
        && TestNamespace.condition(status, "Ready").equals("True")
        && TestNamespace.condition(status, "Released").equals("True");
  }

  private Seen verified(int revision) throws InterruptedException {
    SortedMap<Integer, Consumer<TestNamespace>> due = new TreeMap<>(row.later());
    while (elapsed() < row.within()) {
      JsonNode status = look(due);
      if (hasFailed(status)) {
        return wrong("called failed", cause(status));
      }
      if (isVerified(status, revision)) {
        String verdict = "verified after %.1f s".formatted(elapsed());
        return new Seen(
            verdict, due.isEmpty() ? "" : "before all of what the row is about", timeline);
      }
      pause();
    }
    return wrong("not verified", "within %d s; it said: %s".formatted(row.within(), lastSaid));
  }

  private Seen failing(int revision) throws InterruptedException {
    SortedMap<Integer, Consumer<TestNamespace>> due = new TreeMap<>(row.later());
    while (since().orElse(0.0) + row.within() + LATE > elapsed()) {
      JsonNode status = look(due);
      if (status.has("failure")) {
        return failed(status);
      }
      if (isVerified(status, revision)) {
        return wrong("verified", "it should have failed");
      }
      pause();
    }
    return wrong("not called failed", "within %d s; it said: %s".formatted(row.within(), lastSaid));
  }

  private Seen failed(JsonNode status) throws InterruptedException {
    // As Belay has noted it, whenever this is seen here.
    double after = seconds(Instant.parse(status.at("/failure/detectedAt").asText()));
    String cause = cause(status);
    if (row.progress().isPresent() && since.isEmpty()) {
      return wrong("called failed", "before what its time counts from: " + cause);
    }
    double bound = since().orElse(0.0) + row.notBefore();
    if (after < bound) {
      return wrong(
          "called failed", "after %.1f s, before %.1f s: %s".formatted(after, bound, cause));
    }
    double end = since().orElse(0.0) + row.within();
    if (after > end) {
      return wrong(
          "called failed", "after %.1f s, not within %.1f s: %s".formatted(after, end, cause));
    }
    if (restarts > row.restarts()) {
      return wrong("called failed", "after %d restarts: %s".formatted(restarts, cause));
    }
    if (!status.at("/failure/reason").asText().matches(row.reason())
        || !status.at("/failure/message").asText().contains(row.says())) {
      return wrong(
          "called failed", "not for %s, %s, but: %s".formatted(row.reason(), row.says(), cause));
    }
    Instant restored = Instant.now().plus(TestNamespace.PATIENCE);
    while (Instant.now().isBefore(restored)) {
      JsonNode now = look(new TreeMap<>());
      if (TestNamespace.condition(now, "RolledBack").equals("True")) {
        return new Seen(
            "failed after %.1f s, rolled back after %.1f s: %s".formatted(after, elapsed(), cause),
            "",
            timeline);
      }
      pause();
    }
    return wrong(
        "called failed", "and not rolled back within " + TestNamespace.PATIENCE + ": " + lastSaid);
  }

  /** From when a bound counts; empty where that is when the change was sent, or has yet to come. */
  private Optional<Double> since() {
    row.progress()
        .filter(
            progress ->
                isSent
                    && since.isEmpty()
                    && Looks.object(namespace.name(), progress.kind(), progress.name())
                        .filter(progress.reached())
                        .isPresent())
        .ifPresent(
            reached -> {
              since = Optional.of(elapsed());
              timeline.add(at() + "the last progress");
            });
    return since;
  }

  private JsonNode look(SortedMap<Integer, Consumer<TestNamespace>> due) {
    since();
    countRestarts();
    if (!due.isEmpty() && due.firstKey() <= elapsed()) {
      timeline.add(at() + "what comes at " + due.firstKey() + " s");
      due.remove(due.firstKey()).accept(namespace);
    }
    JsonNode status =
        Looks.object(namespace.name(), "releases.belay.dev", RELEASE)
            .map(release -> release.path("status"))
            .orElse(MissingNode.getInstance()); // Of a first install there is none at first.
    String said = TestNamespace.reason(status) + ": " + TestNamespace.message(status);
    if (!said.equals(lastSaid)) {
      lastSaid = said;
      timeline.add(at() + said);
    }
    return status;
  }

  /** As long as the new Pods are there to be asked. */
  private void countRestarts() {
    if (row.restarts() == Integer.MAX_VALUE) {
      return;
    }
    for (JsonNode pod : Looks.objects(namespace.name(), "pods")) {
      if (pod.at("/spec/containers/0/image").asText().equals("a/web:2")) {
        restarts = Math.max(restarts, pod.at("/status/containerStatuses/0/restartCount").asInt());
      }
    }
  }

  private static boolean hasFailed(JsonNode status) {
    return status.has("failure") || status.has("rollback");
  }

  private static String cause(JsonNode status) {
    return status.at("/failure/reason").asText() + ": " + status.at("/failure/message").asText();
  }

  private Seen wrong(String verdict, String problem) {
    return new Seen(
        verdict + " after %.1f s: ".formatted(elapsed()) + problem,
        verdict + ": " + problem,
        timeline);
  }

  private String at() {
    return String.format(Locale.ROOT, "%6.1f s  ", elapsed());
  }

  private double elapsed() {
    return seconds(Instant.now());
  }

  private double seconds(Instant until) {
    return Duration.between(sent, until).toMillis() / 1000.0;
  }

  private static void pause() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
  }

  /** Ends the trouble of the Pods of this app, as if what they wait for were there. */
  static Consumer<TestNamespace> well(String app) {
    return namespace ->
        namespace
            .kubectl(
                "annotate", "pods", "--selector=app=" + app, "kubelet.test/well=yes", "--overwrite")
            .succeeds();
  }

  /** What a client does in the namespace. */
  static Consumer<TestNamespace> kubectl(String... words) {
    return namespace -> namespace.kubectl(Map.of(), words).succeeds();
  }
}
