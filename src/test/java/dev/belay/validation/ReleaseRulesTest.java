package dev.belay.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What must hold for every case of the rules about whole releases, besides its verdict. */
class ReleaseRulesTest {

  /** The API server cuts a warning here, and the name of the rule stands at its end. */
  private static final int MAX_WARNING = 250;

  /** What rules ask the cluster for. */
  private static final List<String> KINDS =
      List.of(
          "ConfigMap",
          "DaemonSet",
          "Deployment",
          "HorizontalPodAutoscaler",
          "IngressClass",
          "LimitRange",
          "PersistentVolume",
          "PersistentVolumeClaim",
          "Pod",
          "ReplicaSet",
          "Secret",
          "Service",
          "StatefulSet",
          "StorageClass");

  private static final List<String> GARBAGE =
      List.of(
          "null", "true", "7", "-1.5", "1e30", "\"x\"", "\"\"", "[]", "[null]", "{}", "{\"a\":[]}");

  @TestFactory
  Stream<DynamicTest> they_only_warn_and_a_warning_is_printed_whole() {
    return eachCase(
        (rule, fixture) ->
            assertThat(fixture.findings(fixture.lookup()))
                .allMatch(finding -> finding.severity() == Severity.WARN)
                .allMatch(finding -> finding.message().length() <= MAX_WARNING));
  }

  @TestFactory
  Stream<DynamicTest> who_knows_less_of_the_cluster_finds_no_more() {
    return eachCase(
        (rule, fixture) -> {
          List<Finding> found = fixture.findings(fixture.lookup());
          assertThat(found).containsAll(fixture.findings(Lookup.NOTHING_KNOWN));
          for (String kind : KINDS) {
            assertThat(found)
                .as("without " + kind)
                .containsAll(fixture.findings(without(kind, fixture.lookup())));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> an_object_that_comes_alone_is_not_asked_for_what_it_refers_to() {
    return eachCase(
        (rule, fixture) -> {
          for (KubeObject object : fixture.release()) {
            assertThat(Validator.check(List.of(object))).isEmpty();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> nothing_is_missing_that_comes_with_the_release_in_another_order() {
    return eachCase(
        (rule, fixture) ->
            assertThat(Fixture.findings(fixture.release().reversed(), fixture.lookup()))
                .hasSameSizeAs(fixture.findings(fixture.lookup())));
  }

  @TestFactory
  Stream<DynamicTest> what_is_checked_need_not_be_in_the_scope() {
    return eachCase(
        (rule, fixture) ->
            assertThat(
                    Validator.check(
                        fixture.release(), new Scope("", List.of(), Lookup.NOTHING_KNOWN)))
                .allMatch(finding -> finding.rule().equals("pdb-blocks-evictions")));
  }

  @TestFactory
  Stream<DynamicTest> garbage_in_any_field_breaks_nothing() {
    return eachCase(
        (rule, fixture) -> {
          for (int i = 0; i < fixture.release().size(); i++) {
            for (KubeObject broken : broken(fixture.release().get(i))) {
              List<KubeObject> release = new ArrayList<>(fixture.release());
              release.set(i, broken);
              Fixture.findings(release, fixture.lookup());
            }
          }
          for (int i = 0; i < fixture.live().size(); i++) {
            for (KubeObject broken : broken(fixture.live().get(i))) {
              List<KubeObject> live = new ArrayList<>(fixture.live());
              live.set(i, broken);
              fixture.findings(new TestingLookup(live));
            }
          }
        });
  }

  @Test
  void a_rule_about_one_object_is_asked_in_either_case() throws Exception {
    List<KubeObject> objects =
        ManifestReader.read(
            "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web},"
                + " spec: {maxReplicas: 0,"
                + " scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}");

    assertThat(Validator.check(objects))
        .extracting(Finding::rule)
        .containsExactly("hpa-max-replicas");
    assertThat(Fixture.findings(objects, new TestingLookup(List.of())))
        .extracting(Finding::rule)
        .containsExactly("hpa-max-replicas", "hpa-target-missing");
  }

  @Test
  void the_message_says_what_is_not_there_and_what_to_do() throws Exception {
    List<KubeObject> objects =
        ManifestReader.read(
            "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web},"
                + " spec: {maxReplicas: 3,"
                + " scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: wbe}}}");

    assertThat(Fixture.findings(objects, new TestingLookup(List.of())).getFirst().message())
        .isEqualTo(
            "HorizontalPodAutoscaler/web: spec.scaleTargetRef.name is \"wbe\"; there is no such"
                + " Deployment. Name the workload that is to be scaled. [hpa-target-missing]");
  }

  /** This cluster, of which one kind is not known. */
  private static Lookup without(String unknown, Lookup known) {
    return new Lookup() {
      @Override
      public Found find(String apiVersion, String kind, String namespace, String name) {
        return kind.equals(unknown)
            ? Found.Unseen.UNKNOWN
            : known.find(apiVersion, kind, namespace, name);
      }

      @Override
      public Optional<List<KubeObject>> list(String apiVersion, String kind, String namespace) {
        return kind.equals(unknown) ? Optional.empty() : known.list(apiVersion, kind, namespace);
      }
    };
  }

  private interface Case {
    void check(Rule rule, Fixture fixture) throws Exception;
  }

  private static Stream<DynamicTest> eachCase(Case test) {
    return Rules.ALL.stream()
        .filter(Rule::ofRelease)
        .flatMap(
            rule ->
                Fixture.files(rule).stream()
                    .map(
                        file ->
                            DynamicTest.dynamicTest(
                                name(rule, file), () -> test.check(rule, Fixture.read(file)))));
  }

  private static String name(Rule rule, Path file) {
    return rule.id() + " " + file.getFileName();
  }

  /** This object with garbage in place of each of its nodes, one after the other. */
  private static List<KubeObject> broken(KubeObject object) throws Exception {
    List<KubeObject> broken = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    for (String pointer : pointers(object.json(), "")) {
      for (String garbage : GARBAGE) {
        KubeObject copy = object.copy();
        int slash = pointer.lastIndexOf('/');
        JsonNode parent = copy.json().at(pointer.substring(0, slash));
        String last = pointer.substring(slash + 1).replace("~1", "/").replace("~0", "~");
        if (parent instanceof ObjectNode map) {
          map.set(last, json.readTree(garbage));
        } else {
          ((ArrayNode) parent).set(Integer.parseInt(last), json.readTree(garbage));
        }
        broken.add(copy);
      }
    }
    return broken;
  }

  private static List<String> pointers(JsonNode node, String at) {
    List<String> pointers = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String pointer = at + "/" + field.getKey().replace("~", "~0").replace("/", "~1");
      pointers.add(pointer);
      pointers.addAll(pointers(field.getValue(), pointer));
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      pointers.add(at + "/" + i);
      pointers.addAll(pointers(node.get(i), at + "/" + i));
    }
    return pointers;
  }
}
