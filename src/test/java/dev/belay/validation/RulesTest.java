package dev.belay.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Walks the cases of every rule; what a case looks like is said in {@link Fixture}. */
class RulesTest {

  private static final Path SOURCES = Path.of("src/main/java/dev/belay/validation/rules");
  private static final Path PAGE = Path.of("docs/rules.md");

  @TestFactory
  Stream<DynamicTest> every_fixture_has_the_verdict_of_its_name() {
    return Rules.ALL.stream()
        .flatMap(
            rule ->
                Fixture.files(rule).stream()
                    .map(
                        file ->
                            DynamicTest.dynamicTest(
                                rule.id() + " " + file.getFileName(), () -> check(rule, file))));
  }

  private static void check(Rule rule, Path file) throws Exception {
    Fixture fixture = Fixture.read(file);
    List<Finding> findings =
        rule.ofRelease() ? fixture.findings(fixture.lookup()) : Validator.check(fixture.release());

    assertThat(fixture.release()).isNotEmpty();
    assertThat(findings).allMatch(finding -> finding.rule().equals(rule.id()));
    assertThat(findings).extracting(Finding::field).containsExactlyElementsOf(fixture.expected());
    assertThat(fixture.said())
        .allMatch(text -> findings.stream().anyMatch(f -> f.message().contains(text)));
    switch (fixture.verdict()) {
      case "allow" -> assertThat(findings).isEmpty();
      case "deny" -> assertThat(findings).isNotEmpty().allMatch(f -> f.severity() == Severity.DENY);
      case "warn" -> assertThat(findings).isNotEmpty().allMatch(f -> f.severity() == Severity.WARN);
      default -> throw new AssertionError("no verdict: " + fixture.verdict());
    }
  }

  @TestFactory
  Stream<DynamicTest> every_rule_is_complete() {
    return Rules.ALL.stream()
        .map(rule -> DynamicTest.dynamicTest(rule.id(), () -> assertComplete(rule)));
  }

  private static void assertComplete(Rule rule) throws Exception {
    assertThat(Class.forName("dev.belay.validation.rules." + camelCase(rule.id())))
        .satisfies(type -> assertThat(type.getField("RULE").get(null)).isSameAs(rule));
    assertThat(rule.kinds())
        .isNotEmpty()
        .allMatch(kind -> kind.matches("[a-z0-9.]*/[A-Z]\\w+|\\*/\\*"));
    assertThat(rule.says()).endsWith(".");
    assertThat(rule.remedy()).endsWith(".");
    assertThat(rule.source()).isNotBlank();
    List<String> verdicts =
        Fixture.files(rule).stream()
            .map(file -> file.getFileName().toString().split("\\.", 2)[0])
            .toList();
    assertThat(verdicts).contains("allow").containsAnyOf("deny", "warn");
  }

  @Test
  void every_rule_class_is_listed_once() {
    List<String> written =
        list(SOURCES).stream()
            .filter(file -> read(file).contains("public static final Rule RULE"))
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .toList();

    assertThat(Rules.ALL)
        .extracting(rule -> camelCase(rule.id()))
        .containsExactlyInAnyOrderElementsOf(written);
  }

  @Test
  void every_folder_of_fixtures_belongs_to_a_rule() {
    assertThat(list(Fixture.FOLDER))
        .extracting(folder -> folder.getFileName().toString())
        .containsExactlyInAnyOrderElementsOf(Rules.ALL.stream().map(Rule::id).toList());
  }

  /** {@code mvn test -Dtest=RulesTest -Dbelay.docs.write} writes the page anew. */
  @Test
  void the_page_is_what_the_rules_say() throws IOException {
    if (System.getProperty("belay.docs.write") != null) {
      Files.writeString(PAGE, RulesPage.text());
    }
    assertThat(PAGE).hasContent(RulesPage.text());
  }

  private static String camelCase(String id) {
    return Arrays.stream(id.split("-"))
        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining());
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new AssertionError("no folder " + folder, e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
