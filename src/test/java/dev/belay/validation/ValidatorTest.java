package dev.belay.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class ValidatorTest {

  private static final String TWO_BROKEN =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: web}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        minReplicas: -1
        maxReplicas: 0
        metrics:
        - type: Resource
          resource: {name: cpu, target: {type: Utilization, averageUtilization: -10}}
      ---
      apiVersion: autoscaling/v1
      kind: HorizontalPodAutoscaler
      metadata: {name: api}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: api}
        maxReplicas: 2
        targetCPUUtilizationPercentage: -1
      """;

  private static List<KubeObject> objects(String yaml) throws ManifestException {
    return ManifestReader.read(yaml);
  }

  @Test
  void finds_everything_in_the_order_of_the_manifest() throws Exception {
    assertThat(Validator.check(objects(TWO_BROKEN)))
        .extracting(finding -> finding.object().name() + " " + finding.field())
        .containsExactly(
            "web spec.minReplicas",
            "web spec.maxReplicas",
            "web spec.metrics[0].resource.target.averageUtilization",
            "api spec.targetCPUUtilizationPercentage");
  }

  @Test
  void the_message_names_object_field_value_problem_remedy_and_rule() throws Exception {
    assertThat(Validator.check(objects(TWO_BROKEN)).get(0).message())
        .isEqualTo(
            "HorizontalPodAutoscaler/web: spec.minReplicas is -1; it must be 1 or more."
                + " Set spec.minReplicas to 1 or more, or leave it out for 1. [hpa-min-replicas]");
  }

  @Test
  void a_policy_sets_the_severity() throws Exception {
    assertThat(
            Validator.check(
                objects(TWO_BROKEN),
                Map.of(
                    "hpa-target", Severity.WARN,
                    "hpa-min-replicas", Severity.OFF)))
        .extracting(finding -> finding.rule() + " " + finding.severity())
        .containsExactly("hpa-max-replicas DENY", "hpa-target WARN", "hpa-target WARN");
  }

  @Test
  void values_of_the_wrong_type_are_left_to_the_dry_run() throws Exception {
    String wrong =
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {kind: 5, name: [web]}
          minReplicas: x
          maxReplicas: {}
          metrics:
          - type: 3
            resource: {name: 7, target: {type: 1, averageUtilization: "-10", averageValue: -1x}}
          behavior:
            scaleUp: {stabilizationWindowSeconds: "-1", selectPolicy: 1, tolerance: [], policies: x}
            scaleDown: never
        """;

    assertThat(Validator.check(objects(wrong)))
        .extracting(Finding::field)
        // Both values are set, whatever they are.
        .containsExactly("spec.metrics[0].resource.target.averageValue");
  }

  @Test
  void a_spec_that_is_no_object_breaks_nothing() throws Exception {
    String wrong =
        "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: 1, spec: [x]}";

    assertThat(Validator.check(objects(wrong))).isEmpty();
  }

  @Test
  void other_kinds_of_that_name_are_not_concerned() throws Exception {
    String other = "{apiVersion: example.com/v1, kind: HorizontalPodAutoscaler, spec: {}}";

    assertThat(Validator.check(objects(other))).isEmpty();
  }

  @Test
  void a_long_value_is_cut() throws Exception {
    String name = "a/".repeat(500);
    String yaml =
        "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, spec: {maxReplicas: 1,"
            + " scaleTargetRef: {kind: X, name: %s}}}";

    Finding finding = Validator.check(objects(yaml.formatted(name))).get(0);
    assertThat(finding.value()).hasSize(Violation.MAX_VALUE + 1).endsWith("…");
  }

  @Test
  void a_quantity_of_a_million_digits_takes_no_time() throws Exception {
    String yaml =
        "{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, spec: {maxReplicas: 1,"
            + " scaleTargetRef: {kind: X, name: y}, metrics: [{type: Pods, pods: {metric: {name: m},"
            + " target: {type: AverageValue, averageValue: \"-%s\"}}}]}}";

    for (String end : List.of("", "x")) {
      List<KubeObject> objects = objects(yaml.formatted("1".repeat(1_000_000) + end));
      Assertions.assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () -> assertThat(Validator.check(objects)).hasSize(end.isEmpty() ? 1 : 0));
    }
  }
}
