package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Release;
import dev.belay.api.ReleasePolicy;
import dev.belay.api.ReleasePolicy.Named;
import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.ReleasePolicies;
import dev.belay.manifest.KubeObject;
import dev.belay.readiness.Current;
import dev.belay.readiness.InProgress;
import dev.belay.rollout.FailureRule;
import dev.belay.rollout.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PoliciesTest {

  private static final Policy DEFAULTS = Policy.DEFAULT;

  @ParameterizedTest
  @CsvSource({
    "90s, PT90S",
    "10m, PT10M",
    "1h, PT1H",
    "1h30m, PT1H30M",
    "1h0m0s, PT1H",
    "2m5s, PT2M5S",
    "1h5s, PT1H5S",
    "9999h99999m999999s, PT11943H25M39S"
  })
  void durations_are_read_as_go_prints_them(String text, Duration duration) {
    assertThat(Policies.parse(text)).contains(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "s", "90", "90 s", " 90s", "90s ", "-90s", "+90s", "1.5h", "5m1h", "90S", "0s",
        "0h0m0s", "PT90S", "10000h", "1d", "٩s", "90s\n"
      })
  void anything_else_is_no_duration(String text) {
    assertThat(Policies.parse(text)).isEmpty();
  }

  @Test
  void what_can_not_be_read_is_said_while_the_object_is_waited_for() {
    KubeObject web = release("5 minutes").object();
    assertThat(Policies.noting(new InProgress("Ready: 0/1"), web))
        .isEqualTo(
            new InProgress(
                "Ready: 0/1; its annotation belay.dev/timeout is \"5 minutes\", which is no duration from 1s to 168h, such as 90s or 10m, and is ignored"));
    assertThat(Policies.noting(new Current("Ready"), web)).isEqualTo(new Current("Ready"));
    assertThat(Policies.ignored(release("90s").object())).isEmpty();
    assertThat(Policies.ignored(release("x".repeat(1000)).object())).hasSizeLessThan(200);
  }

  @Test
  void a_release_may_have_a_timeout_of_its_own() {
    assertThat(policies().of(release("90s")))
        .isEqualTo(DEFAULTS.withTimeout(Duration.ofSeconds(90)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "0s", "-5m", "169h", "9999h"})
  void a_timeout_that_nobody_can_have_meant_is_the_default_and_that_is_said(String timeout) {
    assertThat(policies().of(release(timeout))).isEqualTo(DEFAULTS);
    assertThat(Policies.ignored(release(timeout).object()))
        .isEqualTo(
            "its annotation belay.dev/timeout is \"%s\", which is no duration from 1s to 168h, such as 90s or 10m, and is ignored"
                .formatted(timeout));
    assertThat(Policies.ignored(release("168h").object())).isEmpty();
  }

  @Test
  void without_annotation_the_timeout_is_the_default() {
    assertThat(policies().of(release(null))).isEqualTo(DEFAULTS);
  }

  @Test
  void a_policy_sets_what_it_names_and_leaves_the_rest() {
    ReleasePolicy policy =
        new ReleasePolicy(List.of(), "90s", null, "1s", "manual", false, null, 3, Map.of());
    assertThat(policies(policy).of(release(null)))
        .isEqualTo(
            new Policy(
                Duration.ofSeconds(90),
                DEFAULTS.soak(),
                DEFAULTS.yield(),
                Duration.ofSeconds(1),
                Policy.OnFailure.ASK,
                false,
                DEFAULTS.failure()));
    assertThat(policies(policy).historyLimit(new ReleaseKey("shop", "web"))).isEqualTo(3);
  }

  @Test
  void the_annotation_of_a_release_goes_before_its_policy() {
    ReleasePolicy policy =
        new ReleasePolicy(List.of(), "10m", null, null, "off", null, null, null, Map.of());
    Policy both = policies(policy).of(release("90s"));
    assertThat(both.timeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(both.onFailure()).isEqualTo(Policy.OnFailure.LEAVE);
  }

  @Test
  void a_policy_says_which_evidence_is_enough() {
    ReleasePolicy.Evidence evidence =
        new ReleasePolicy.Evidence("Restarts", 2, "1m", null, "2m", "1h");
    ReleasePolicy policy =
        new ReleasePolicy(List.of(), null, null, null, null, null, evidence, null, Map.of());
    assertThat(policies(policy).of(release(null)).failure())
        .isEqualTo(
            new FailureRule(
                FailureRule.When.RESTARTS,
                2,
                Duration.ofMinutes(1),
                DEFAULTS.failure().patience(),
                Duration.ofMinutes(2),
                Duration.ofHours(1)));
  }

  @Test
  void a_release_may_ask_for_more_evidence_and_not_for_less() {
    assertThat(rule("belay.dev/failure-exits", "5").exits()).isEqualTo(5);
    assertThat(rule("belay.dev/failure-exits", "2").exits()).isEqualTo(3);
    assertThat(rule("belay.dev/failure-exits", "200").exits()).isEqualTo(3);
    assertThat(rule("belay.dev/failure-minimum", "40s").minimum()).hasSeconds(40);
    assertThat(rule("belay.dev/failure-minimum", "1s").minimum()).hasSeconds(10);
    assertThat(Policies.ignored(annotated("belay.dev/failure-exits", "many").object()))
        .isEqualTo(
            "its annotation belay.dev/failure-exits is \"many\", which is no number from 2 to 20, and is ignored");
  }

  private static FailureRule rule(String annotation, String value) {
    return policies().of(annotated(annotation, value)).failure();
  }

  private static Release annotated(String annotation, String value) {
    Release release = release("90s");
    ((ObjectNode) release.object().at("metadata", "annotations")).put(annotation, value);
    return release;
  }

  private static Policies policies() {
    return policies(null);
  }

  private static Policies policies(@Nullable ReleasePolicy policy) {
    return new Policies(
        new ReleasePolicies(null, null) {
          @Override
          public Optional<Named> of(String namespace, String release) {
            return Optional.ofNullable(policy).map(it -> new Named("all", it));
          }
        },
        DEFAULTS.timeout(),
        DEFAULTS.soak(),
        DEFAULTS.yield(),
        DEFAULTS.quiet(),
        DEFAULTS.failure().exits(),
        DEFAULTS.failure().minimum(),
        DEFAULTS.failure().patience(),
        DEFAULTS.failure().imageNotFound());
  }

  private static Release release(String timeout) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode metadata = json.putObject("metadata").put("name", "web").put("namespace", "shop");
    if (timeout != null) {
      metadata.putObject("annotations").put("belay.dev/timeout", timeout);
    }
    return new Release(new KubeObject(json), ReleaseStatus.NEW);
  }
}
