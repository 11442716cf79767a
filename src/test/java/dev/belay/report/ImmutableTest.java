package dev.belay.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ImmutableTest {

  @Test
  void of_a_field_that_can_not_be_changed_the_path_is_left() {
    assertThat(
            Immutable.shortened(
                "spec.selector: Invalid value: {\"matchLabels\":{\"a\":\"b: c\"}}: field is immutable,"
                    + " spec.template: Invalid value: core.PodTemplateSpec{Spec:core.PodSpec{"
                    + "Containers:[]core.Container{core.Container{Name:\"a\"}}}}: field is immutable"))
        .isEqualTo("spec.selector: field is immutable, spec.template: field is immutable");
    assertThat(Immutable.shortened("Invalid value: &v1.LabelSelector{}: field is immutable"))
        .isEqualTo("field is immutable");
  }

  @Test
  void values_without_end_take_linear_time() {
    String said = "a: Invalid value: {".repeat(60_000);
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begun = threads.getCurrentThreadCpuTime();
    assertThat(Immutable.shortened(said)).isEqualTo(said);
    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - begun)).hasSeconds(0);
  }

  @Test
  void a_short_value_and_another_reason_stay() {
    String said = "spec.a: Invalid value: \"b\": field is immutable, spec.c: Invalid value: -1: no";
    assertThat(Immutable.shortened(said)).isEqualTo(said);
    String other = "spec: Invalid value: {\"a\":1}: must be valid";
    assertThat(Immutable.shortened(other)).isEqualTo(other);
  }

  @Test
  void another_reason_before_it_keeps_its_field_and_its_value() {
    assertThat(
            Immutable.shortened(
                "[spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not"
                    + " match template `labels`, spec.selector: Invalid value: {\"matchLabels\":{}}:"
                    + " field is immutable]"))
        .isEqualTo(
            "[spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not"
                + " match template `labels`, spec.selector: field is immutable]");
  }
}
