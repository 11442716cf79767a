package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.belay.manifest.KubeObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A namespace for one test, and the clients in it. */
record TestNamespace(String name) implements AutoCloseable {

  static final String SHOP = "k8s/demo/shop";
  static final String EVERYTHING = "src/test/resources/charts/everything";

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Nothing takes longer, on a machine that does ten other things as well; nobody waits for it. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  static {
    Awaitility.setDefaultTimeout(PATIENCE);
  }

  /** A new namespace in which Belay does nothing. */
  static TestNamespace unlabelled() {
    return create(Map.of());
  }

  static TestNamespace enforced() {
    return create(Map.of("belay.dev/mode", "enforce"));
  }

  /** One that Belay only observes. */
  static TestNamespace observed() {
    return create(Map.of("belay.dev/mode", "observe"));
  }

  /** The same for a Belay with settings of its own, which the test starts later. */
  static TestNamespace enforcedWithoutBelay() {
    return named(Map.of("belay.dev/mode", "enforce"));
  }

  static TestNamespace unlabelledWithoutBelay() {
    return named(Map.of());
  }

  private static TestNamespace create(Map<String, String> labels) {
    BelayProcess.running();
    return named(labels);
  }

  private static TestNamespace named(Map<String, String> labels) {
    String name = "it-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    Looks.createNamespace(name, labels);
    return new TestNamespace(name);
  }

  TestNamespace mode(String mode) {
    kubectlAnywhere("label", "namespace", name, "belay.dev/mode=" + mode, "--overwrite").succeeds();
    return this;
  }

  static Command kubectlAnywhere(String... words) {
    return Command.run(Map.of(), words("kubectl", words));
  }

  Command kubectl(String... words) {
    return kubectl(Map.of(), words);
  }

  Command kubectl(Map<String, String> environment, String... words) {
    return Command.run(environment, words("kubectl", words, "-n", name));
  }

  /** Applies these objects. */
  void apply(String manifest) {
    kubectl("apply", "-f", file(manifest)).succeeds();
  }

  /**
   * Waits until this object is refused with this reason, as a policy does some time after it came.
   */
  void awaitRefused(String manifest, String reason) {
    String file = file(manifest);
    Awaitility.await(reason)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> kubectl("create", "--dry-run=server", "-f", file).err().contains(reason));
  }

  /** Waits until this object is refused no more, some time after the policy that did so went. */
  void awaitAccepted(String manifest) {
    String file = file(manifest);
    Awaitility.await("accepted")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> kubectl("apply", "--dry-run=server", "-f", file).code() == 0);
  }

  /** Waits until this object is as expected. */
  void awaitJson(String kind, String object, java.util.function.Predicate<JsonNode> expected) {
    Awaitility.await(kind + "/" + object)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> expected.test(get(kind, object)));
  }

  /**
   * Waits until the API server serves what this CustomResourceDefinition defines. {@code kubectl
   * wait} ends with an error where it comes so soon that there is no condition yet.
   */
  static void awaitEstablished(String definition) {
    Awaitility.await(definition)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                Looks.object("", "customresourcedefinitions", definition)
                    .filter(read -> condition(read.path("status"), "Established").equals("True"))
                    .isPresent());
  }

  static String file(String content) {
    try {
      Path file = Files.createTempFile(Path.of("target"), "manifest", ".yaml");
      return Files.writeString(file, content).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Command helm(Helm helm, String... words) {
    return helm(Map.of(), helm, words);
  }

  Command helm(Map<String, String> environment, Helm helm, String... words) {
    return Command.run(environment, words(helm.command, words, "-n", name));
  }

  /** Helm with its records in ConfigMaps. */
  Command helmInConfigMaps(Helm helm, String... words) {
    return helm(Map.of("HELM_DRIVER", "configmap"), helm, words);
  }

  JsonNode get(String kind, String object) {
    return Looks.object(name, kind, object)
        .orElseThrow(() -> new AssertionError(kind + "/" + object + " is not in " + name));
  }

  boolean exists(String kind, String object) {
    return Looks.object(name, kind, object).isPresent();
  }

  JsonNode release(String release) {
    return get("releases.belay.dev", release);
  }

  /** Waits until Belay has proved this revision of the client healthy. */
  void awaitStable(String release, int helmRevision) {
    await(
        release,
        status ->
            status.path("stable").path("helmRevision").asInt() == helmRevision
                && condition(status, "Ready").equals("True"));
  }

  void awaitCondition(String release, String type, String value) {
    await(release, status -> condition(status, type).equals(value));
  }

  /** Waits until the status of this Release is as expected; where it is not, says what there is. */
  void await(String release, java.util.function.Predicate<JsonNode> expected) {
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(300))
          .until(() -> status(release).filter(expected).isPresent());
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          "release %s in %s is not as expected after %s; its status: %s; Pods: %s"
              .formatted(release, name, PATIENCE, status(release), pods()),
          e);
    }
  }

  private Optional<JsonNode> status(String release) {
    return Looks.object(name, "releases.belay.dev", release).map(read -> read.path("status"));
  }

  /** Each Pod with its node and what has become of it, for a message. */
  private String pods() {
    return Looks.objects(name, "pods").stream()
        .map(
            pod ->
                "%s on %s: %s"
                    .formatted(
                        pod.at("/metadata/name").asText(),
                        pod.at("/spec/nodeName").asText("no node"),
                        pod.path("status")))
        .collect(Collectors.joining("; "));
  }

  static String condition(JsonNode status, String type) {
    return find(status, type).path("status").asText("");
  }

  /** The reason of the condition Ready. */
  static String reason(JsonNode status) {
    return find(status, "Ready").path("reason").asText("");
  }

  /** The message of the condition Ready. */
  static String message(JsonNode status) {
    return find(status, "Ready").path("message").asText("");
  }

  private static JsonNode find(JsonNode status, String type) {
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asText().equals(type)) {
        return condition;
      }
    }
    return MissingNode.getInstance();
  }

  /** The rows of {@code helm history}, oldest first. */
  List<String> history(Helm helm, String release) {
    List<String> rows = new ArrayList<>();
    JsonNode read = json(helm(helm, "history", release, "-o", "json").succeeds());
    for (JsonNode row : read) {
      rows.add(
          row.path("revision").asInt()
              + " "
              + row.path("status").asText()
              + " "
              + row.path("description").asText());
    }
    return rows;
  }

  /** Every object of these kinds, in full, by kind and name. */
  Map<String, KubeObject> objects(String kinds) {
    Map<String, KubeObject> all = new TreeMap<>();
    for (JsonNode item : Looks.objects(name, kinds)) {
      KubeObject object = KubeObject.of(item);
      all.put(object.key().display(), object);
    }
    assertThat(all).isNotEmpty();
    return all;
  }

  @Override
  public void close() {
    Looks.deleteNamespace(name);
  }

  private static JsonNode json(Command command) {
    try {
      return JSON.readTree(command.out());
    } catch (IOException e) {
      throw new UncheckedIOException(command.out() + command.err(), e);
    }
  }

  private static List<String> words(String first, String[] words, String... more) {
    List<String> all = new ArrayList<>(List.of(first));
    all.addAll(Arrays.asList(words));
    all.addAll(Arrays.asList(more));
    return all;
  }
}
