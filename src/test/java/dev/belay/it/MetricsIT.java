package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a process that has just started tells Prometheus, and what is made of it. */
@Alone
class MetricsIT {

  private static final Pattern NAME = Pattern.compile("\\bbelay_[a-z_]+\\b");

  @AfterEach
  void end() {
    BelayProcess.shutDown();
  }

  /** It has warmed up by reviews of its own. */
  @Test
  void aGateThatNobodyHasAskedHasCountedNoReview() throws Exception {
    String metrics = metrics();
    List<String> series =
        metrics.lines().filter(line -> line.startsWith("belay_reviews_total{")).toList();
    assertThat(series).hasSize(15).allSatisfy(line -> assertThat(line).endsWith(" 0.0"));
    assertThat(
            metrics.lines().filter(line -> line.startsWith("belay_review_duration_seconds_count")))
        .hasSize(3)
        .allSatisfy(line -> assertThat(line).endsWith(" 0.0"));
  }

  /** Else an increase from nothing to one, which is no increase to Prometheus, alerts nobody. */
  @Test
  void whatAlertsLookAtIsThereBeforeItIsCounted() throws Exception {
    assertThat(metrics())
        .contains("belay_rollbacks_total{outcome=\"failed\"} 0.0")
        .contains("belay_reviews_total{result=\"error\",webhook=\"final\"} 0.0");
  }

  @Test
  void theRulesTheDashboardAndTheReadmeNameOnlyWhatIsThere() throws Exception {
    String rules =
        Files.readString(
            Path.of(
                BelayChart.rendered("081-prometheus-rule", "metrics.prometheusRule.enabled=true")));
    String metrics = metrics();
    for (String text :
        List.of(
            rules,
            Files.readString(Path.of("k8s/chart/dashboards/belay.json")),
            Files.readString(Path.of("README.md")))) {
      assertThat(names(text)).isNotEmpty().allSatisfy(name -> assertThat(metrics).contains(name));
    }
    assertThat(names(rules)).contains("belay_rollbacks_total", "belay_leading");
  }

  /** As promtool asks of each: what it shows beside a graph, and what a reader has. */
  @Test
  void allOfBelaysOwnHaveAHelpText() throws Exception {
    assertThat(metrics().lines().filter(line -> line.startsWith("# HELP belay_")))
        .hasSizeGreaterThan(8)
        .allSatisfy(line -> assertThat(line).matches("# HELP \\S+ \\S.+"));
  }

  private static String metrics() throws IOException, InterruptedException {
    return BelayProcess.instead(Map.of()).management("/q/metrics").body();
  }

  private static Set<String> names(String text) {
    Set<String> names = new TreeSet<>();
    NAME.matcher(text).results().forEach(found -> names.add(found.group()));
    return names;
  }
}
