package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.it.ReleasePairRun.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Where Helm alone applies a change, the pre-flight lets it through; where Helm alone fails half
 * way, the pre-flight refuses it. One row of the table is a {@link ReleasePair}. What was measured
 * is written to {@code target/release-pairs.txt}.
 */
class ReleasePairsIT {

  /** Helm waits for the API server most of its time. */
  private static final int AT_ONCE = 4;

  private static final List<String> MEASURED = Collections.synchronizedList(new ArrayList<>());

  @TestFactory
  List<DynamicTest> thePreflightIsEqualToHelmAlone() {
    BelayProcess.running();
    List<DynamicTest> tests = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE)) {
      for (ReleasePair row : ReleasePair.wanted()) {
        for (Helm helm : Helm.values()) {
          row.expected(helm)
              .ifPresent(
                  expected -> {
                    Future<Seen> seen = pool.submit(() -> ReleasePairRun.of(row, helm));
                    tests.add(
                        DynamicTest.dynamicTest(
                            row.name() + ", " + helm, () -> judge(row, helm, expected, seen)));
                  });
        }
      }
    }
    return tests;
  }

  private static void judge(ReleasePair row, Helm helm, String expected, Future<Seen> run)
      throws Exception {
    Seen seen = run.get();
    Outcome outcome = seen.outcome();
    MEASURED.add(
        "%s | %s | %s%n%s%n%s%n"
            .formatted(row.name(), helm, outcome.word(), outcome.belay(), seen.transcript()));
    String told = row.name() + ", " + helm + "\n" + seen.transcript();
    assertThat(outcome.word()).as(told).isEqualTo(expected);
    row.steps("warns").forEach(words -> assertThat(outcome.belay()).as(told).contains(words));
    row.steps("never-says")
        .forEach(words -> assertThat(outcome.belay()).as(told).doesNotContain(words));
    if (List.of("applied", "not asked", "not checked", "not told").contains(expected)) {
      return;
    }
    assertThat(outcome.belay()).as(told).contains(row.says().orElse(""));
  }

  @AfterAll
  static void writeWhatWasMeasured() throws IOException {
    Files.write(Path.of("target/release-pairs.txt"), MEASURED.stream().sorted().toList());
  }
}
