package dev.belay.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {

  private static JsonNode value(String yaml) throws ManifestException {
    return ManifestReader.read("apiVersion: v1\nkind: A\n" + yaml + "\n").get(0).at("v");
  }

  /** Each was read with sigs.k8s.io/yaml v1.6.0; see docs of {@link KubernetesScalars}. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      value = {
        "y, true",
        "On, true",
        "NO, false",
        "off, false",
        "yEs, \"yEs\"",
        "~, null",
        "Null, null",
        "||, null",
        "12, 12",
        "+12, 12",
        "-1_0, -10",
        "010, 8",
        "0o17, 15",
        "08, 8",
        "0x1F, 31",
        "0X1f, 31",
        "0b11, 3",
        "-0b11, -3",
        "1.0, 1",
        "1e3, 1000",
        "1.5, 1.5",
        "-.5, -0.5",
        ".5, 0.5",
        "._5, \"._5\"",
        "1E400, \"1E400\"",
        "18446744073709551615, 18446744073709551615",
        "12:30, \"12:30\"",
        "2001-12-14, \"2001-12-14\"",
        "1.2.3, \"1.2.3\"",
        "500m, \"500m\"",
        "--1, \"--1\"",
        "-0.0, 0",
        "1e20, 100000000000000000000",
        "1e21, 1.0E+21",
        "+18446744073709551615, 18446744073709552000",
        "0b2, \"0b2\"",
        "0x, \"0x\"",
        "09.5, 9.5",
        "1., 1",
        "1.e2, 100",
        ".e2, \".e2\"",
        "1__0, 10",
        "!!bool yes, true",
        "!!float 5, 5",
        "!!timestamp 2001-01-01, \"2001-01-01\"",
        "|'y'|, \"y\"",
        "|\"12\"|, \"12\"",
        "!!str 12, \"12\"",
        "!!int \"12\", 12",
        "!!binary aGk=, \"hi\"",
        "!custom 12, \"12\"",
      })
  void reads_scalars_as_kubernetes_clients_do(String yaml, String json) throws Exception {
    assertThat(value("v: " + (yaml == null ? "" : yaml))).hasToString(json);
  }

  @ParameterizedTest
  @CsvSource({"12, 12", "yes, true", "1.5, 1.5", "010, 8", "2001-01-01, 2001-01-01"})
  void keys_become_text(String yaml, String key) throws Exception {
    assertThat(value("v: {" + yaml + ": a}").fieldNames().next()).isEqualTo(key);
  }

  @Test
  void of_equal_keys_the_last_one_counts() throws Exception {
    assertThat(value("v: {a: 1, a: 2}")).hasToString("{\"a\":2}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v:\t\"1\"",
        "v: \"1\"\t# why",
        "v: \"1\"\t",
        "v: '1' \t # why",
        "v: |-\t\n  1",
        "w: \"\ud83d\ude80\"\t# why\nv:\t '1'\t# and why",
      })
  void tabs_are_spaces_between_tokens(String yaml) throws Exception {
    assertThat(value(yaml).asText()).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v:\n\tw: 1", "v:\n-\tw", "v:\n  w: 1\n \tx: 1"})
  void tabs_are_no_indentation(String yaml) {
    assertThatThrownBy(() -> value(yaml)).isInstanceOf(ManifestException.class);
  }

  @Test
  void merges_where_it_stands() throws Exception {
    assertThat(value("b: &b {j: 1, k: 1, l: 1}\nv: {j: 2, <<: *b, k: 2}"))
        .hasToString("{\"j\":1,\"k\":2,\"l\":1}");
    assertThat(value("b: &b {x: 1}\nc: &c {x: 2}\nv: {<<: [*b, *c]}")).hasToString("{\"x\":1}");
    assertThat(value("v: {'<<': 1}")).hasToString("{\"<<\":1}");
  }

  @Test
  void skips_empty_documents_and_opens_lists() throws Exception {
    List<KubeObject> objects =
        ManifestReader.read(
            """
            # only a comment
            ---
            ---
            # Source: web/templates/all.yaml
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Secret, metadata: {name: a}}
            - {apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: b}}]}
            ---
            {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "c"}}
            """);

    assertThat(objects)
        .extracting(o -> o.key().display())
        .containsExactly("Secret/a", "ConfigMap/b", "Service/c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v: .inf", "v: {~: 1}", "v: {[a]: 1}", "v: {<<: 1}", "v: !!int x"})
  void refuses_what_helm_refuses(String yaml) {
    assertThatThrownBy(() -> value(yaml))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("line 3, column");
  }

  @Test
  void errors_name_document_line_and_column_and_quote_nothing() {
    String second = "apiVersion: v1\nkind: Secret\n---\nstringData:\n  a: hunter2\n b: hunter2\n";

    assertThatThrownBy(() -> ManifestReader.read(second))
        .isInstanceOf(ManifestException.class)
        .hasMessageStartingWith("document 2 is not valid YAML: line 6, column 2")
        .hasMessageNotContaining("hunter2");
    assertThatThrownBy(() -> ManifestReader.read("apiVersion: v1\nkind: A\n---\nkind: B\n"))
        .hasMessage("document 2, it has no apiVersion or no kind");
  }

  @Test
  void aliases_do_not_expand_without_end() {
    StringBuilder bomb = new StringBuilder("apiVersion: v1\nkind: A\na0: &a0 [x]\n");
    for (int level = 1; level <= 10; level++) {
      String alias = "*a" + (level - 1);
      bomb.append("a%d: &a%d [%s]\n".formatted(level, level, (alias + ", ").repeat(8) + alias));
    }

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThatThrownBy(() -> ManifestReader.read(bomb.toString()))
                .isInstanceOf(ManifestException.class)
                .hasMessageContaining("more than " + ManifestReader.MAX_NODES + " values"));
  }

  @Test
  void merges_do_not_expand_without_end() {
    StringBuilder bomb = new StringBuilder("apiVersion: v1\nkind: A\na0: &a0 {}\n");
    for (int level = 1; level <= 10; level++) {
      String alias = "*a" + (level - 1);
      bomb.append(
          "a%d: &a%d {<<: [%s]}\n".formatted(level, level, (alias + ", ").repeat(8) + alias));
    }

    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThatThrownBy(() -> ManifestReader.read(bomb.toString()))
                .hasMessageContaining("more than " + ManifestReader.MAX_NODES + " values"));
  }

  @Test
  void refuses_what_refers_to_itself() {
    assertThatThrownBy(() -> value("v: &v {a: *v}")).hasMessageContaining("nested deeper");
    assertThatThrownBy(() -> value("v: &v {<<: *v}")).hasMessageContaining("nested deeper");
  }

  @Test
  void refuses_deep_nesting() {
    assertThatThrownBy(() -> value("v: " + "[".repeat(5000) + "]".repeat(5000)))
        .isInstanceOf(ManifestException.class);
  }

  @Test
  void long_digits_are_text_at_once() throws Exception {
    assertThat(value("v: " + "9".repeat(200_000)).isTextual()).isTrue();
  }

  @Test
  void writes_field_paths_as_the_api_server_does() {
    FieldPath path = FieldPath.of("spec", "metrics").index(0).child("resource");

    assertThat(path.text()).isEqualTo("spec.metrics[0].resource");
    assertThat(FieldPath.of("metadata", "annotations").child("belay.dev/retry").text())
        .isEqualTo("metadata.annotations[belay.dev/retry]");
  }
}
