package dev.belay.it;

import dev.belay.cluster.GateKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * The built artifact as a process of its own, one for all tests; tests may kill it and start it
 * again. With times short enough for a test: a soak of 2 s.
 */
final class BelayProcess {

  private static final Path LOG = Path.of(System.getProperty("belay.log", "target/belay-it.log"));

  /**
   * The JVM's cache of loaded classes, as an image has it; where there is none it starts slowly.
   */
  private static final String CACHE = "belay.aot";

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static @Nullable BelayProcess current;

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(BelayProcess::kill));
  }

  private final Process process;
  private final int gatePort;
  private final int managementPort;

  /** Whether a test has ended it. */
  private volatile boolean asked;

  private BelayProcess(Map<String, String> settings) throws IOException {
    gatePort = freePort();
    managementPort = freePort();
    ProcessBuilder builder = new ProcessBuilder(program("all"));
    builder.directory(folder().toFile());
    builder.environment().put("KUBECONFIG", kubeconfig());
    builder.environment().put("BELAY_GATE_HOST", "127.0.0.1");
    builder.environment().put("BELAY_SOAK", "2s");
    builder.environment().put("BELAY_YIELD", "2s");
    builder.environment().put("BELAY_QUIET", "2s");
    // What shows that these are long enough runs with a policy of its own, StartsIT.
    builder.environment().put("BELAY_FAILURE_MINIMUM", "1s");
    builder.environment().put("BELAY_FAILURE_PATIENCE", "3s");
    builder.environment().put("BELAY_FAILURE_IMAGE_NOT_FOUND", "3s");
    builder.environment().put("BELAY_LEASE_DURATION", "12s");
    builder.environment().put("QUARKUS_HTTP_SSL_PORT", Integer.toString(gatePort));
    builder.environment().put("QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort));
    builder.environment().putAll(settings);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(LOG.toFile()));
    process = builder.start();
    process.onExit().thenRun(() -> startAgain(this, settings));
  }

  /**
   * As a kubelet does: one that has ended by itself, as when it could not renew its Lease, is
   * started again. Without that all tests after it would wait for nobody.
   */
  private static synchronized void startAgain(BelayProcess ended, Map<String, String> settings) {
    if (current == ended && !ended.asked) {
      try {
        current = new BelayProcess(settings);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Belay is somebody of its own: its webhooks leave out what it writes itself, nobody else's. */
  static String kubeconfig() {
    return Path.of(System.getenv("KUBECONFIG")).resolveSibling("belay.kubeconfig").toString();
  }

  private static Path folder() {
    return Path.of(System.getProperty("belay.jar", "target/quarkus-app/quarkus-run.jar"))
        .toAbsolutePath()
        .getParent();
  }

  /** The native binary where one is built, else the jar on the JVM that runs the tests. */
  private static List<String> program(String role) {
    String binary = System.getProperty("belay.binary", "");
    if (!binary.isEmpty()) {
      return List.of(binary, "-Xmx48m", role);
    }
    String java = ProcessHandle.current().info().command().orElse("java");
    List<String> words = new ArrayList<>(List.of(java, "@jvm/options", "-Xmx80m"));
    if (Files.exists(folder().resolve(CACHE))) {
      words.add("-XX:AOTCache=" + CACHE);
    }
    words.addAll(List.of("-jar", "quarkus-run.jar", role));
    return List.copyOf(words);
  }

  /** A command of Belay's that does something and ends. */
  static Command once(String command) {
    return once(command, Map.of());
  }

  /** The same with these settings. */
  static Command once(String command, Map<String, String> settings) {
    List<String> words =
        new ArrayList<>(List.of("bash", "-c", "cd \"$0\" && exec \"$@\"", folder().toString()));
    words.addAll(program(command));
    Map<String, String> environment = new HashMap<>(settings);
    environment.put("KUBECONFIG", kubeconfig());
    environment.put("BELAY_LEASE_DURATION", "12s");
    return Command.run(environment, List.copyOf(words));
  }

  /** The process that is running and ready; starts one where there is none. */
  static synchronized BelayProcess running() {
    if (current == null || !current.process.isAlive()) {
      try {
        current = new BelayProcess(Map.of());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      current.awaitReady();
    }
    return current;
  }

  /**
   * A second one beside the one that all share, whose gate is the newer one; the caller ends it.
   */
  static BelayProcess another() throws IOException {
    BelayProcess another = new BelayProcess(Map.of());
    another.awaitReady();
    return another;
  }

  /**
   * In place of the one that all share, with these settings besides; the caller ends it by {@link
   * #shutDown}, so that the next test has one without them.
   */
  static synchronized BelayProcess instead(Map<String, String> settings) throws IOException {
    shutDown();
    current = new BelayProcess(settings);
    current.awaitReady();
    return current;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void end() throws InterruptedException {
    asked = true;
    process.destroyForcibly();
    process.waitFor(10, TimeUnit.SECONDS);
  }

  /** SIGTERM, as a kubelet ends a Pod. */
  void stop() throws InterruptedException {
    asked = true;
    process.destroy();
    process.waitFor(20, TimeUnit.SECONDS);
  }

  /** SIGSTOP and SIGCONT: the process does not run, as on a machine that hangs. */
  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  /**
   * Ends the one that all share as {@link #stop} does: it gives its Lease back, so that the next
   * one leads at once.
   */
  static synchronized void shutDown() {
    if (current != null) {
      try {
        current.stop();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      kill(); // One that does not end.
    }
  }

  /** SIGKILL, as the kernel's out-of-memory killer or a lost node would. */
  static synchronized void kill() {
    if (current != null) {
      current.asked = true;
      current.process.destroyForcibly();
      try {
        current.process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      current = null;
    }
  }

  /** An address of the gate, by a path that may be wrong. */
  URI gate(String path) {
    return URI.create("https://127.0.0.1:" + gatePort + path);
  }

  /** The path that only the webhook configurations know. */
  static String secretPath() {
    return secretPath(0);
  }

  /** The path of the hour that begins in this number of hours; of one that is over, if negative. */
  static String secretPath(int hours) {
    return new GateKey(storedKey()).path(GateKey.hour(Instant.now()) + hours);
  }

  /** What the paths are made of. */
  static String storedKey() {
    String stored =
        TestNamespace.kubectlAnywhere(
                "get", "secret", "belay-gate", "-n", "belay-system", "-o", "jsonpath={.data.key}")
            .succeeds()
            .out();
    return new String(Base64.getDecoder().decode(stored), StandardCharsets.US_ASCII);
  }

  /** What it has logged, of every run of the process, in lines that contain this text. */
  static List<String> logged(String text) {
    try (Stream<String> lines = Files.lines(LOG)) {
      return lines.filter(line -> line.contains(text)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The address of health and metrics. */
  URI management() {
    return URI.create("http://127.0.0.1:" + managementPort + "/");
  }

  HttpResponse<String> management(String path) throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + path))
            .timeout(Duration.ofSeconds(5))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void awaitReady() {
    Awaitility.await("Belay is ready, see " + LOG)
        .atMost(TestNamespace.PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .ignoreExceptions()
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new AssertionError("Belay ended, see " + LOG);
              }
              return management("/q/health/ready").statusCode() == 200;
            });
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
