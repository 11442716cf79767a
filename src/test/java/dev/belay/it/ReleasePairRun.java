package dev.belay.it;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One row with one Helm, in a namespace that Belay only observes: there it says what it would
 * refuse, and Helm goes on and does what it does alone.
 */
final class ReleasePairRun {

  private static final String RELEASE = "shop";

  private final ReleasePair row;
  private final Helm helm;
  private final TestNamespace namespace;
  private final ReleasePairFiles files;
  private final StringBuilder transcript = new StringBuilder();

  private ReleasePairRun(
      ReleasePair row, Helm helm, TestNamespace namespace, ReleasePairFiles files) {
    this.row = row;
    this.helm = helm;
    this.namespace = namespace;
    this.files = files;
  }

  /**
   * What was seen.
   *
   * @param transcript what was run, and what it printed
   */
  record Seen(Outcome outcome, String transcript) {}

  static Seen of(ReleasePair row, Helm helm) throws IOException {
    try (TestNamespace namespace = TestNamespace.observed();
        ReleasePairFiles files = ReleasePairFiles.copied(row.folder(), namespace.name())) {
      ReleasePairRun run = new ReleasePairRun(row, helm, namespace, files);
      try {
        return new Seen(run.outcome(), run.transcript.toString());
      } catch (AssertionError | ConditionTimeoutException e) {
        throw new AssertionError(row.name() + ", " + helm + "\n" + run.transcript + e.getMessage());
      }
    }
  }

  private Outcome outcome() throws IOException {
    row.steps("before").forEach(this::step);
    boolean upgrade = files.has("from.yaml");
    if (upgrade) {
      helm(row.installedBy(helm), "install", "from", row.flags("install")).succeeds();
    }
    row.steps("between").forEach(this::step);
    Command judged = helm(helm, upgrade ? "upgrade" : "install", "to", row.flags("upgrade"));
    String secret = "sh.helm.release.v1." + RELEASE + (upgrade ? ".v2" : ".v1");
    boolean recorded = judged.code() == 0 || namespace.exists("secret", secret);
    return new Outcome(judged.code() == 0, recorded, belaysWords(judged));
  }

  private Command helm(Helm helm, String verb, String manifest, List<String> flags)
      throws IOException {
    List<String> words = new ArrayList<>(List.of(verb, RELEASE, files.chart(manifest)));
    words.addAll(flags);
    return told(
        helm.command + " " + String.join(" ", words),
        namespace.helm(helm, words.toArray(String[]::new)));
  }

  private void step(String line) {
    boolean patient = line.startsWith("until ");
    String script =
        "kubectl() { command kubectl --namespace=%s \"$@\"; }; cd %s && %s"
            .formatted(
                namespace.name(),
                files.folder(),
                (patient ? line.substring(6) : line).replace("NAMESPACE", namespace.name()));
    if (!patient) {
      told(line, bash(script)).succeeds();
      return;
    }
    told(
        line,
        Awaitility.await(line)
            .atMost(TestNamespace.PATIENCE)
            .pollInterval(Duration.ofMillis(100))
            .until(() -> bash(script), ran -> ran.code() == 0));
  }

  private static Command bash(String script) {
    return Command.run(Map.of(), List.of("bash", "-c", script));
  }

  private Command told(String what, Command command) {
    transcript.append("$ ").append(what).append('\n').append(command.out()).append(command.err());
    return command;
  }

  /** The warnings, as both Helms print them; and from Belay's log what is too long for one. */
  private String belaysWords(Command helm) {
    Stream<String> warnings =
        helm.err()
            .lines()
            .filter(line -> line.contains("Warning: "))
            .map(line -> line.substring(line.indexOf("Warning: ") + 9).replace("\\\"", "\""));
    String refusal = "would refuse in namespace " + namespace.name() + ": this ";
    return Stream.concat(warnings, BelayProcess.logged(refusal).stream())
        .collect(Collectors.joining("\n"));
  }
}
