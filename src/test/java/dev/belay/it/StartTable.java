package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;

/** Runs the rows of a table side by side, since mostly they wait, and writes what was measured. */
final class StartTable {

  private StartTable() {}

  /**
   * A test for each row that is not seldom, or for those, seldom or not, whose names have what the
   * system property {@code starts} asks for: a pattern, {@code .} for all.
   *
   * @param file for what was measured, in {@code target}
   */
  static List<DynamicTest> run(List<StartRow> rows, int atOnce, String file) {
    BelayProcess.running();
    String asked = System.getProperty("starts", "");
    Pattern wanted = Pattern.compile(asked);
    List<StartRow> taken =
        rows.stream()
            .filter(row -> wanted.matcher(row.name()).find())
            .filter(row -> !asked.isEmpty() || !row.isSeldom())
            .sorted(Comparator.comparing(StartRow::within).reversed()) // The longest first.
            .toList();
    List<Future<StartRun.Seen>> runs = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(atOnce)) {
      taken.forEach(row -> runs.add(pool.submit(() -> StartRun.of(row))));
    }
    List<DynamicTest> tests = new ArrayList<>();
    List<String> measured = new ArrayList<>();
    for (int i = 0; i < taken.size(); i++) {
      StartRow row = taken.get(i);
      Future<StartRun.Seen> run = runs.get(i);
      tests.add(DynamicTest.dynamicTest(row.name(), () -> judge(row, run.get())));
      measured.add(
          run.state() == Future.State.SUCCESS
              ? run.resultNow().line(row)
              : row.name() + ": " + run.exceptionNow());
    }
    write(file, measured);
    return tests;
  }

  private static void judge(StartRow row, StartRun.Seen seen) {
    assertThat(seen.problem())
        .as(row.name() + ", " + seen.verdict() + "\n" + String.join("\n", seen.timeline()))
        .isEmpty();
  }

  private static void write(String file, List<String> lines) {
    try {
      Files.write(Path.of("target", file), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
