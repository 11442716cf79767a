package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.KnownBad;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.Rollback;
import dev.belay.api.Told;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PreflightTest {

  private static final String MISSING_RIGHT =
      "deployments.apps \"web\" is forbidden: User \"a\" cannot patch";

  private final TestingCluster cluster = new TestingCluster();

  @Test
  void a_good_release_is_allowed_without_a_word() {
    assertThat(upgrade(Reviews.GOOD)).isEqualTo(Answer.allow());
    assertThat(cluster.asked)
        .containsOnlyKeys("Secret", "Deployment", "Pod", "HorizontalPodAutoscaler");
  }

  @Test
  void a_rule_refuses_the_whole_release_and_says_object_field_value_and_remedy() {
    Answer answer = upgrade(Reviews.BAD);
    assertThat(answer.allowed()).isFalse();
    assertThat(answer.message())
        .startsWith(
            "this upgrade of release web would fail, so nothing of it was applied:"
                + " HorizontalPodAutoscaler/web:"
                + " spec.metrics[0].resource.target.averageUtilization is -10;");
    assertThat(answer.causes())
        .extracting(Answer.Cause::field)
        .containsExactly("spec.metrics[0].resource.target.averageUtilization");
  }

  @Test
  void of_too_many_problems_it_says_how_many_more_and_the_way_out_all_the_same() {
    cluster.answers(
        "ConfigMap", 422, "it is invalid for a reason that is long: " + "x".repeat(200));
    String many =
        IntStream.range(0, 60)
            .mapToObj(n -> "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c%d}\n".formatted(n))
            .collect(Collectors.joining("---\n"));
    Answer answer = upgrade(many);
    assertThat(answer.message())
        .startsWith(
            "this upgrade of release web would fail, so nothing of it was applied: ConfigMap/c")
        .contains("x; and 4")
        .contains(" more (to be warned only: kubectl label namespace ")
        .endsWith(" belay.dev/mode=observe --overwrite)");
    assertThat(answer.message().length()).isLessThanOrEqualTo(Answer.MAX_MESSAGE);
  }

  @Test
  void a_rule_refuses_nothing_that_the_api_server_accepts() {
    // As where another webhook repairs it.
    cluster.answers("HorizontalPodAutoscaler", 200, "");
    assertThat(upgrade(Reviews.BAD)).isEqualTo(Answer.allow());
  }

  @Test
  void a_release_that_is_being_rolled_back_is_locked_and_only_then() {
    Rollback begun = new Rollback("id", 1, 2, Instant.now(), null, null, List.of());
    cluster.release(ReleaseStatus.NEW.withRollback(begun));
    assertThat(upgrade(Reviews.GOOD).message()).contains("is being rolled back");

    cluster.release(ReleaseStatus.NEW.withRollback(begun.restored(Instant.now())));
    assertThat(upgrade(Reviews.GOOD).allowed()).isTrue();

    Rollback left = new Rollback("id", 1, 2, Instant.EPOCH, null, null, List.of());
    cluster.release(ReleaseStatus.NEW.withRollback(left));
    assertThat(upgrade(Reviews.GOOD).allowed()).as("a lock that nobody lifts ends").isTrue();
  }

  @Test
  void what_a_client_was_told_is_taken_back_before_it_begins_anew() {
    cluster.release(ReleaseStatus.NEW.withTold(told()));
    assertThat(review(Reviews.secret("pending-rollback", Reviews.BAD))).isEqualTo(Answer.allow());
    assertThat(cluster.takenBack).containsExactly("Deployment/web", "StatefulSet/db");
    assertThat(cluster.asked).as("a rollback by Helm is not asked about").isEmpty();

    cluster.takenBack.clear();
    assertThat(upgrade(Reviews.GOOD).allowed()).isTrue();
    assertThat(cluster.takenBack).containsExactly("Deployment/web", "StatefulSet/db");
  }

  @Test
  void a_rollback_by_helm_is_never_refused_nor_kept_waiting_for_what_cant_be_taken_back() {
    Rollback begun = new Rollback("id", 1, 2, Instant.now(), null, null, List.of());
    cluster.release(ReleaseStatus.NEW.withRollback(begun).withTold(told()));
    cluster.takeBack =
        () -> {
          throw new ClusterException("no answer", 0);
        };
    assertThat(review(Reviews.secret("pending-rollback", Reviews.BAD))).isEqualTo(Answer.allow());

    CountDownLatch never = new CountDownLatch(1);
    cluster.takeBack =
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        };
    Deadline soon = new Deadline(System.nanoTime() + Duration.ofMillis(300).toNanos());
    long before = System.nanoTime();
    assertThat(
            cluster
                .preflight()
                .review(Reviews.of(Reviews.secret("pending-rollback", Reviews.BAD)), soon))
        .isEqualTo(Answer.allow());
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
    never.countDown();
  }

  @Test
  void a_lock_that_is_not_known_in_time_leaves_time_for_the_check() {
    cluster.slow();
    long before = System.nanoTime();
    Deadline soon = new Deadline(before + Duration.ofSeconds(2).toNanos());
    Answer answer =
        cluster
            .preflight()
            .review(Reviews.of(Reviews.secret("pending-upgrade", Reviews.BAD)), soon);
    assertThat(answer.message()).contains("averageUtilization is -10");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
  }

  private static Told told() {
    return new Told(
        2,
        Instant.EPOCH,
        null,
        List.of(
            new Told.Workload("apps/v1", "Deployment", "shop", "web", "u1", 1),
            new Told.Workload("apps/v1", "StatefulSet", "shop", "db", "u2", 1)));
  }

  @Test
  void an_install_is_called_one() {
    assertThat(review(Reviews.secret("pending-install", Reviews.BAD)).message())
        .startsWith("this install of release web would fail");
  }

  @Test
  void what_the_api_server_would_refuse_is_refused_in_its_words() {
    cluster.answers(
        "Deployment",
        422,
        "Deployment.apps \"web\" is invalid: spec.replicas: Invalid value: -1: must be positive");
    assertThat(upgrade(Reviews.GOOD).message())
        .contains("applied: Deployment/web: spec.replicas: Invalid value: -1: must be positive");
  }

  @Test
  void everything_that_is_wrong_is_told_at_once() {
    cluster
        .answers("Deployment", 400, "unknown field spec.replica")
        .answers("Secret", 403, "exceeded quota: secrets");
    assertThat(upgrade(Reviews.BAD).causes())
        .extracting(Answer.Cause::message)
        .satisfiesExactly(
            rule -> assertThat(rule).contains("hpa-target"),
            secret -> assertThat(secret).isEqualTo("Secret/web: exceeded quota: secrets"),
            deployment ->
                assertThat(deployment).isEqualTo("Deployment/web: unknown field spec.replica"));
  }

  @Test
  void a_rollback_that_begins_while_it_is_checked_locks_it_too() {
    cluster.answers(
        "Deployment",
        () -> {
          Rollback begun = new Rollback("id", 1, 2, Instant.now(), null, null, List.of());
          cluster.release(ReleaseStatus.NEW.withRollback(begun));
          return new ApiResponse(200, JsonNodeFactory.instance.objectNode(), List.of());
        });
    assertThat(upgrade(Reviews.GOOD).message()).contains("is being rolled back");
  }

  @Test
  void in_an_observed_namespace_a_warning_is_all() {
    Answer answer = upgrade(Reviews.BAD).observed();
    assertThat(answer.allowed()).isTrue();
    assertThat(answer.warnings().getFirst())
        .startsWith("Belay would refuse this: this upgrade of release web would fail");
  }

  @Test
  void where_the_release_can_not_be_read_nothing_is_locked() {
    cluster.release(bad("", Instant.now().plusSeconds(60))).unreachable();
    assertThat(upgrade(Reviews.GOOD).allowed()).isTrue();
  }

  @Test
  void the_change_that_failed_is_refused_with_the_cause_and_the_way_out() {
    cluster.release(bad("", Instant.now().plusSeconds(60)));
    Answer answer = upgrade(Reviews.GOOD);
    assertThat(answer.allowed()).isFalse();
    assertThat(answer.recorded()).as("it is known already").isFalse();
    assertThat(answer.message())
        .contains("failed as Helm revision 3: it crashed")
        .contains("belay.dev/retry=");
    assertThat(cluster.asked).isEmpty();
  }

  @Test
  void another_change_a_later_time_and_a_retry_are_let_through() {
    cluster.release(bad("", Instant.now().plusSeconds(60)));
    assertThat(upgrade(Reviews.GOOD + "---\n").allowed()).isTrue();
    HelmRecord hooked = Reviews.record("pending-upgrade", Reviews.GOOD);
    hooked.json().putArray("hooks").addObject().put("manifest", "# another hook");
    assertThat(review(HelmStorage.created("Secret", hooked, Map.of(), Instant.EPOCH)).allowed())
        .isTrue();

    cluster.release(bad("", Instant.now().minusSeconds(1)));
    assertThat(upgrade(Reviews.GOOD).allowed()).isTrue();

    cluster.release(bad("1", Instant.now().plusSeconds(60))).annotated("belay.dev/retry", "2");
    assertThat(upgrade(Reviews.GOOD).allowed()).isTrue();

    cluster.release(bad("1", Instant.now().plusSeconds(60))).annotated("belay.dev/retry", "1");
    assertThat(upgrade(Reviews.GOOD).allowed()).as("that retry has failed").isFalse();
  }

  private static ReleaseStatus bad(String retry, Instant until) {
    String digest = ObjectDigest.of(Reviews.GOOD);
    return ReleaseStatus.NEW.withKnownBad(
        new KnownBad(3, digest, "", "", "it crashed", 1, until, retry));
  }

  @Test
  void values_of_the_releases_secrets_are_masked_in_what_the_api_server_says() {
    cluster.answers("Deployment", 422, "bad value correct-horse");
    Answer answer = upgrade(Reviews.GOOD);
    assertThat(answer.message()).contains("bad value (masked)").doesNotContain("horse");
    assertThat(answer.causes().toString()).doesNotContain("horse");
  }

  @Test
  void belays_own_trouble_is_a_warning_and_refuses_nothing() {
    cluster
        .answers("Deployment", 403, MISSING_RIGHT)
        .answers("HorizontalPodAutoscaler", 503, "etcd is away")
        .answers(
            "Secret",
            () -> {
              throw new ClusterException("no answer", 0);
            });
    ObjectNode asBelay = Reviews.json(Reviews.secret("pending-upgrade", Reviews.GOOD).json());
    asBelay.withObjectProperty("request").remove("userInfo");
    Answer answer = review(new Review("u", asBelay.path("request")));
    assertThat(answer.allowed()).isTrue();
    assertThat(answer.warnings())
        .containsExactlyInAnyOrder(
            "Secret/web: Belay can't tell whether it would be applied: no answer",
            "Deployment/web: Belay can't tell whether it would be applied: deployments.apps \"web\" is forbidden:"
                + " User \"a\" cannot patch",
            "HorizontalPodAutoscaler/web: Belay can't tell whether it would be applied: etcd is away");
  }

  @Test
  void what_helm_has_no_right_to_write_is_refused_before_it_is_half_done() {
    cluster.answers("Deployment", 403, MISSING_RIGHT);
    assertThat(upgrade(Reviews.GOOD).message())
        .contains("applied: Deployment/web: User \"a\" cannot patch");
    String binding =
        """
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: a}
        subjects: [{kind: User, name: %s}]
        """;
    assertThat(upgrade(Reviews.GOOD + binding.formatted("somebody-else")).allowed()).isFalse();
    assertThat(upgrade(Reviews.GOOD + binding.formatted("admin")).allowed())
        .as("the right may come with the release")
        .isTrue();
  }

  @Test
  void a_webhook_on_pods_that_nobody_answers_refuses_no_workload() {
    cluster.answers(
        "Pod", 500, "Internal error occurred: failed calling webhook \"a.b.c\": refused");
    Answer answer = upgrade(Reviews.GOOD);
    assertThat(answer.allowed()).as("its controller asks again").isTrue();
    assertThat(answer.warnings().toString()).contains("failed calling webhook");

    cluster.answers("Pod", 403, "violates PodSecurity \"restricted:latest\"");
    assertThat(upgrade(Reviews.GOOD).message())
        .contains("Deployment/web: its Pods would be refused: violates PodSecurity")
        .contains("[pod-admission]");
  }

  @Test
  void a_kind_that_is_not_served_refuses_nothing() {
    cluster.answers("Deployment", 404, "the API server does not serve this kind");
    Answer answer = upgrade(Reviews.GOOD);
    assertThat(answer.allowed()).isTrue();
    assertThat(answer.warnings())
        .containsExactly(
            "Deployment/web: Belay can't tell whether it would be applied:"
                + " the API server does not serve this kind");
  }

  @Test
  void an_api_server_that_does_not_answer_in_time_is_a_warning_in_time() {
    CountDownLatch never = new CountDownLatch(1);
    cluster.answers(
        "Deployment",
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new ApiResponse(500, MissingNode.getInstance(), List.of());
        });
    long begun = System.nanoTime();
    Answer answer =
        cluster
            .preflight()
            .review(
                Reviews.of(Reviews.secret("pending-upgrade", Reviews.GOOD)),
                new Deadline(begun + Duration.ofMillis(200).toNanos()));
    assertThat(answer)
        .isEqualTo(
            Answer.allow(List.of("Belay had no time to check 1 of 3 objects: Deployment/web")));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
  }

  /** Where its objects would be asked about in a namespace that they do not go to. */
  @Test
  void a_record_that_is_kept_away_from_its_release_is_let_through_and_that_is_said() {
    KubeObject kept = Reviews.secret("pending-upgrade", Reviews.BAD);
    kept.json().withObjectProperty("metadata").put("namespace", "flux-system");
    Answer answer = review(kept);
    assertThat(answer.allowed()).isTrue();
    assertThat(answer.warnings())
        .singleElement()
        .asString()
        .contains("is kept in namespace flux-system, and its release is in namespace shop");
    assertThat(cluster.asked).isEmpty();
  }

  @Test
  void objects_are_asked_about_with_helms_marks_of_ownership() {
    upgrade(Reviews.GOOD);
    KubeObject asked = cluster.asked.get("Deployment");
    assertThat(asked.labels())
        .containsEntry("app.kubernetes.io/managed-by", "Helm")
        .containsEntry("app", "web");
    assertThat(asked.annotations())
        .containsEntry("meta.helm.sh/release-name", "web")
        .containsEntry("meta.helm.sh/release-namespace", "shop");
  }

  @Test
  void an_object_whose_metadata_is_none_is_the_api_servers_to_refuse() {
    String odd = "{apiVersion: v1, kind: ConfigMap, metadata: [1]}";
    cluster.answers("ConfigMap", 400, "metadata is no object");
    assertThat(upgrade(odd).message()).contains("applied: ConfigMap/: metadata is no object");
    assertThat(cluster.asked.get("ConfigMap").at("metadata")).hasToString("[1]");
  }

  @Test
  void objects_of_a_kind_or_in_a_namespace_that_the_release_brings_are_not_asked_about() {
    upgrade(
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec: {group: example.com, names: {kind: Widget}}
        ---
        {apiVersion: example.com/v1, kind: Widget, metadata: {name: a}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: new}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: new}}
        """);
    assertThat(cluster.asked).containsOnlyKeys("CustomResourceDefinition", "Namespace");
  }

  @Test
  void what_is_not_the_begin_of_a_release_is_none_of_its_business() {
    for (String status :
        new String[] {"deployed", "failed", "superseded", "pending-rollback", "uninstalling"}) {
      assertThat(review(Reviews.secret(status, Reviews.BAD))).isEqualTo(Answer.allow());
    }
    KubeObject opaque = Reviews.secret("pending-upgrade", Reviews.BAD);
    opaque.json().put("type", "Opaque");
    assertThat(review(opaque)).isEqualTo(Answer.allow());
    ObjectNode update = Reviews.json(Reviews.secret("pending-upgrade", Reviews.BAD).json());
    update.withObjectProperty("request").put("operation", "UPDATE");
    assertThat(review(new Review("u", update.path("request")))).isEqualTo(Answer.allow());
    assertThat(cluster.asked).isEmpty();
  }

  private Answer upgrade(String manifest) {
    return review(Reviews.secret("pending-upgrade", manifest));
  }

  private Answer review(KubeObject secret) {
    return review(Reviews.of(secret));
  }

  private Answer review(Review review) {
    return cluster.preflight().review(review, Deadline.of("10s", Duration.ofSeconds(10)));
  }
}
