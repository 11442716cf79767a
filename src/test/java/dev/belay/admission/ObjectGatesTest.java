package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.belay.api.KnownBad;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.Rollback;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.Deadline;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The early and the final gate, on single objects as clients other than Helm write them. */
class ObjectGatesTest {

  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String HPA =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: web, namespace: shop, labels: {app: web}}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        maxReplicas: 5
        metrics:
          - type: Resource
            resource: {name: cpu, target: {type: Utilization, averageUtilization: %d}}
      """;
  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: shop, labels: {app: web}}
      spec: {replicas: %d, template: {spec: {containers: [{name: web, image: '%s'}]}}}
      """;

  private final TestingCluster cluster = new TestingCluster();

  @Test
  void a_good_object_is_asked_about_and_allowed_without_a_word() {
    assertThat(early(create(HPA.formatted(80)))).isEqualTo(Answer.allow());
    assertThat(cluster.asked).containsOnlyKeys("HorizontalPodAutoscaler");
    assertThat(last(create(HPA.formatted(80)))).isEqualTo(Answer.allow());
  }

  @Test
  void a_rule_refuses_naming_object_release_value_siblings_and_the_way_out() {
    Answer answer = early(create(HPA.formatted(-10)));
    assertThat(answer.allowed()).isFalse();
    assertThat(answer.message())
        .startsWith("HorizontalPodAutoscaler/web of release web is refused: ")
        .contains("averageUtilization is -10")
        .contains("What else was sent with it is put back")
        .contains("belay.dev/mode=observe");
    assertThat(last(create(HPA.formatted(-10))).allowed()).isFalse();
  }

  @Test
  void an_id_that_nobody_knows_is_no_name_of_a_release() {
    for (String mark :
        List.of(
            "kapp.k14s.io/app: '1700000000000000000'",
            "applyset.kubernetes.io/part-of: applyset-XRRA0uiRo7TnOJZqTQ3wnrSNMOAEYX32wS75feSFUxI-v1")) {
      assertThat(early(create(HPA.formatted(-10).replace("app: web", mark))).message())
          .startsWith("HorizontalPodAutoscaler/web is refused: ")
          .contains("What else was sent with it is put back, if the release has a stable revision");
    }
  }

  @Test
  void what_is_to_be_given_a_name_goes_by_what_that_begins_with() {
    String nameless = HPA.formatted(-10).replace("{name: web, n", "{generateName: web-, n");
    assertThat(early(create(nameless)).message())
        .startsWith("HorizontalPodAutoscaler/web-* of release web is refused: ");
    cluster.answers(
        "HorizontalPodAutoscaler",
        422,
        "HorizontalPodAutoscaler \"web-x2b4z\" is invalid: spec: no");
    assertThat(early(create(nameless.replace("-10", "10"))).message())
        .startsWith("HorizontalPodAutoscaler/web-* of release web is refused: spec: no");
  }

  @Test
  void a_hand_in_a_release_of_helm_is_promised_the_same() {
    String helms =
        HPA.formatted(-10)
            .replaceFirst(
                "metadata: \\{", "metadata: {annotations: {meta.helm.sh/release-name: web}, ");
    assertThat(helms).contains("meta.helm.sh");
    assertThat(early(create(helms)).message()).contains("What else was sent with it is put back");
  }

  @Test
  void what_names_no_release_is_promised_no_more_than_that() {
    String nobodys = HPA.formatted(-10).replaceFirst("labels: \\{[^}]*}", "labels: {}");
    assertThat(nobodys).contains("labels: {}");
    assertThat(early(create(nobodys)).message())
        .startsWith("HorizontalPodAutoscaler/web is refused: ")
        .endsWith(
            "It names no release: what else was sent with it is put back only where other objects tell which one it is of.");
  }

  @Test
  void nothing_is_promised_for_what_a_release_of_helm_has_in_another_namespace() {
    String far =
        HPA.formatted(-10)
            .replaceFirst(
                "metadata: \\{",
                "metadata: {annotations: {meta.helm.sh/release-name: web,"
                    + " meta.helm.sh/release-namespace: pay}, ");
    assertThat(early(create(far)).message())
        .endsWith(
            "Its release is in namespace pay, so what else was sent with it is not put back.");
  }

  @Test
  void what_the_api_server_is_about_to_refuse_is_refused_in_its_words() {
    cluster.answers("Deployment", 422, "spec.replicas: Invalid value: -1");
    assertThat(early(create(DEPLOYMENT.formatted(-1, "a"))).message())
        .contains("Deployment/web of release web is refused: spec.replicas: Invalid value");
  }

  @Test
  void what_is_wrong_only_when_the_object_is_mutated_once_more_is_not_refused() {
    refusesAt("spec.template.spec.containers[1].name");
    assertThat(early(create(DEPLOYMENT.formatted(1, "a")))).isEqualTo(Answer.allow());
    refusesAt("spec.template.spec.containers[0].name");
    assertThat(early(create(DEPLOYMENT.formatted(1, "a"))).allowed()).isFalse();
    refusesAt("spec.template.spec.containers[1].name", "spec.replicas");
    assertThat(early(create(DEPLOYMENT.formatted(1, "a"))).allowed()).isFalse();
    refusesAt("metadata.annotations[a.b/c]");
    assertThat(early(create(DEPLOYMENT.formatted(1, "a"))).allowed()).isFalse();
    cluster.answers("Deployment", 422, "policy 'p' with binding 'b' denied request: no such path");
    assertThat(early(create(DEPLOYMENT.formatted(1, "a")))).isEqualTo(Answer.allow());
    cluster.answers(
        "Deployment", 422, "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no");
    assertThat(early(create(DEPLOYMENT.formatted(1, "a"))).allowed()).isFalse();
  }

  private void refusesAt(String... fields) {
    ObjectNode status = YAML.createObjectNode().put("message", "Deployment is invalid: no");
    for (String field : fields) {
      status
          .withObjectProperty("details")
          .withArrayProperty("causes")
          .addObject()
          .put("field", field)
          .put("message", "Duplicate value");
    }
    cluster.answers("Deployment", () -> new ApiResponse(422, status, List.of()));
  }

  @Test
  void conflicts_missing_rights_and_trouble_are_between_the_client_and_the_api_server() {
    for (int code : new int[] {404, 409, 429, 500, 503}) {
      cluster.answers("Deployment", code, "no");
      assertThat(early(create(DEPLOYMENT.formatted(1, "a"))).allowed()).isTrue();
    }
    cluster.answers("Deployment", 403, "User \"ci\" cannot update resource \"deployments\"");
    assertThat(early(create(DEPLOYMENT.formatted(1, "a"))).allowed()).isTrue();
    cluster.answers("Deployment", 403, "admission webhook denied the request: it cannot be latest");
    assertThat(early(create(DEPLOYMENT.formatted(1, "a"))).allowed()).isFalse();
  }

  @Test
  void who_may_patch_and_not_replace_is_asked_about_with_a_patch_of_what_changes()
      throws Exception {
    String before =
        DEPLOYMENT
            .formatted(1, "a")
            .replace(
                "name: web, namespace", "managedFields: [{fieldsV1: 1}], name: web, namespace");
    String after = before.replace("fieldsV1: 1", "fieldsV1: 2").replace("'a'", "'a-10'");
    cluster.answers("Deployment", 403, "User \"ci\" cannot update resource \"deployments\"");
    assertThat(early(update(before, after)).message()).contains("-10 is no good");
    assertThat(cluster.patched.get("Deployment"))
        .isEqualTo(
            YAML.readTree(
                "{metadata: {}, spec: {template: {spec: {containers: [{name: web, image: a-10}]}}}}"));
    assertThat(early(update(before, before.replace("'a'", "'b'"))).allowed()).isTrue();
    cluster.patched.clear();
    for (String other :
        new String[] {"User \"ci\" cannot patch resource \"deployments\"", "no update for you"}) {
      cluster.answers("Deployment", 403, other);
      early(update(before, after));
    }
    assertThat(cluster.patched).isEmpty();
  }

  @Test
  void an_api_server_that_does_not_answer_in_time_leaves_what_a_rule_knows_in_time() {
    for (String kind : new String[] {"Deployment", "HorizontalPodAutoscaler"}) {
      cluster.answers(
          kind,
          () -> {
            try {
              Thread.sleep(Duration.ofMinutes(1));
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return new ApiResponse(200, MissingNode.getInstance(), List.of());
          });
    }
    long begun = System.nanoTime();
    Deadline soon = new Deadline(begun + Duration.ofMillis(400).toNanos());
    assertThat(cluster.early().review(create(DEPLOYMENT.formatted(1, "a")), soon))
        .isEqualTo(Answer.allow());
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(400));
    Deadline later = new Deadline(System.nanoTime() + Duration.ofMillis(400).toNanos());
    assertThat(cluster.early().review(create(HPA.formatted(-10)), later).allowed()).isFalse();
  }

  @Test
  void a_lock_that_is_not_known_in_time_locks_nothing_and_what_a_rule_knows_is_said_in_time() {
    locked();
    cluster.slow();
    long begun = System.nanoTime();
    Deadline soon = new Deadline(begun + Duration.ofMillis(400).toNanos());
    assertThat(cluster.last().review(create(DEPLOYMENT.formatted(1, "a")), soon))
        .isEqualTo(Answer.allow());
    Deadline later = new Deadline(System.nanoTime() + Duration.ofMillis(400).toNanos());
    assertThat(cluster.last().review(create(HPA.formatted(-10)), later).message())
        .contains("averageUtilization is -10");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(800));
  }

  @Test
  void without_an_answer_about_helms_records_nothing_is_locked_and_rules_hold() {
    locked();
    cluster.withoutRecords();
    assertThat(last(create(DEPLOYMENT.formatted(2, "b"))).allowed()).isTrue();
    assertThat(last(create(HPA.formatted(-10))).message()).contains("averageUtilization is -10");
  }

  @Test
  void only_what_an_update_makes_worse_is_refused() {
    String better = HPA.formatted(-10).replace("maxReplicas: 5", "maxReplicas: 6");
    assertThat(last(update(HPA.formatted(-10), better)).allowed()).isTrue();
    String worse = better.replace("maxReplicas: 6", "maxReplicas: 0");
    assertThat(last(update(HPA.formatted(-10), worse)).message())
        .contains("maxReplicas")
        .doesNotContain("averageUtilization");
  }

  @Test
  void metadata_alone_and_fewer_replicas_always_pass_and_more_replicas_are_looked_at() {
    locked();
    String two = DEPLOYMENT.formatted(2, "a");
    assertThat(last(update(two, two.replace("app: web", "app: web, a: b"))).allowed()).isTrue();
    assertThat(last(update(two, DEPLOYMENT.formatted(1, "a"))).allowed()).isTrue();
    assertThat(last(update(two, DEPLOYMENT.formatted(3, "a"))).allowed()).isFalse();
    assertThat(last(update(two, DEPLOYMENT.formatted(1, "b"))).allowed()).isFalse();
    assertThat(last(update(two, DEPLOYMENT.formatted(-1, "a"))).allowed()).isFalse();
  }

  @Test
  void what_the_api_server_refuses_of_metadata_alone_is_told_and_put_down() {
    String two = DEPLOYMENT.formatted(2, "a");
    cluster.answers("Deployment", 422, "metadata.labels: Invalid value: \"b c\"");
    Answer answer = early(update(two, two.replace("app: web", "app: web, a: b c")));
    assertThat(answer.message()).contains("Deployment/web of release web", "metadata.labels");
    assertThat(answer.recorded()).isTrue();
    cluster.asked.clear();
    assertThat(early(update(two, DEPLOYMENT.formatted(1, "a")))).isEqualTo(Answer.allow());
    assertThat(cluster.asked).as("replicas that go are not asked about").isEmpty();
  }

  @Test
  void nobody_writes_to_a_release_that_is_being_rolled_back_but_helm_itself() {
    locked();
    Answer answer = last(create(DEPLOYMENT.formatted(2, "b")));
    assertThat(answer.message())
        .contains("is being rolled back to stored revision 1")
        .contains("try again in a few seconds");
    assertThat(answer.recorded()).isFalse();
    cluster.newest(4, "pending-rollback");
    assertThat(last(create(DEPLOYMENT.formatted(2, "b"))).allowed()).isTrue();
    cluster.newest(3, "failed");
    assertThat(last(create(DEPLOYMENT.formatted(2, "b"))).allowed()).isFalse();
  }

  @Test
  void a_label_that_names_a_release_of_helm_puts_nobody_under_its_lock() {
    locked();
    cluster.newest(3, "failed");
    String hpa = HPA.formatted(80);
    assertThat(last(create(hpa)).allowed()).isTrue();
    String helms =
        hpa.replace(
            "labels:",
            "annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: shop}, labels:");
    assertThat(last(create(helms)).allowed()).isFalse();
    assertThat(last(update(helms, hpa.replace("maxReplicas: 5", "maxReplicas: 6"))).allowed())
        .as("taking the marks away lifts no lock")
        .isFalse();
  }

  @Test
  void what_is_in_an_apply_set_is_under_the_lock_of_the_release_that_its_parent_names() {
    String id = "applyset-XRRA0uiRo7TnOJZqTQ3wnrSNMOAEYX32wS75feSFUxI-v1";
    String hpa = HPA.formatted(80).replace("app: web", "applyset.kubernetes.io/part-of: " + id);
    assertThat(last(create(hpa)).allowed()).isTrue();
    locked();
    cluster.parents(
        object(
            "{apiVersion: v1, kind: Secret, metadata: {name: my-set, namespace: shop, labels: {applyset.kubernetes.io/id: %s}}}"
                .formatted(id)));
    assertThat(last(create(hpa)).message()).contains("is being rolled back");
    assertThat(cluster.read).contains("my-set");
  }

  @Test
  void what_is_in_an_app_of_kapp_is_under_the_lock_of_the_release_that_the_app_names() {
    String hpa = HPA.formatted(80).replace("app: web", "kapp.k14s.io/app: '1700000000000000000'");
    assertThat(last(create(hpa)).allowed()).isTrue();
    locked();
    cluster.parents(
        object(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: my-app, namespace: shop, labels: {kapp.k14s.io/is-app: ""}}
            data: {spec: '{"labelKey":"kapp.k14s.io/app","labelValue":"1700000000000000000"}'}
            """));
    assertThat(last(create(hpa)).message()).contains("is being rolled back");
    assertThat(cluster.read).contains("my-app");
  }

  @Test
  void the_workload_that_failed_is_refused_as_it_was_and_in_no_other_form() {
    KubeObject bad = object(DEPLOYMENT.formatted(2, "bad"));
    cluster.release(
        ReleaseStatus.NEW.withKnownBad(
            new KnownBad(
                3,
                "",
                "Deployment/web",
                ObjectDigest.of(bad),
                "it crashed",
                1,
                Instant.now().plusSeconds(60),
                "")));
    String good = DEPLOYMENT.formatted(2, "good");
    assertThat(last(update(good, DEPLOYMENT.formatted(2, "bad"))).message())
        .contains("failed as Helm revision 3: it crashed");
    assertThat(last(update(good, DEPLOYMENT.formatted(2, "better"))).allowed()).isTrue();
    cluster.newest(4, "pending-upgrade");
    assertThat(last(update(good, DEPLOYMENT.formatted(2, "bad"))).allowed())
        .as("Helm's pre-flight has judged the whole")
        .isTrue();
  }

  @Test
  void what_helm_writes_after_its_preflight_is_not_asked_about_again() {
    cluster
        .preflight()
        .review(
            Reviews.of(Reviews.secret("pending-upgrade", Reviews.GOOD)),
            Deadline.of("10s", Duration.ofSeconds(10)));
    cluster.asked.clear();
    String helms =
        DEPLOYMENT
            .formatted(2, "a")
            .replace("labels:", "annotations: {meta.helm.sh/release-name: web}, labels:");
    assertThat(early(by("helm", create(helms))).allowed()).isTrue();
    assertThat(cluster.asked).isEmpty();
    early(by("kubectl-edit", create(helms)));
    assertThat(cluster.asked).containsOnlyKeys("Deployment");
  }

  @Test
  void values_of_a_secret_are_masked_in_its_refusal() {
    cluster.answers("Secret", 422, "data: correct-horse is no good");
    assertThat(
            early(
                    create(
                        """
                        apiVersion: v1
                        kind: Secret
                        metadata: {name: a, namespace: shop}
                        stringData: {password: correct-horse}
                        """))
                .toString())
        .contains("is refused")
        .doesNotContain("horse");
  }

  private void locked() {
    cluster.release(
        ReleaseStatus.NEW.withRollback(
            new Rollback("id", 1, 3, Instant.now(), null, null, List.of())));
  }

  private Answer early(Review review) {
    return cluster.early().review(review, Deadline.of("5s", Duration.ofSeconds(5)));
  }

  private Answer last(Review review) {
    return cluster.last().review(review, Deadline.of("3s", Duration.ofSeconds(3)));
  }

  private static Review create(String object) {
    ObjectNode request = YAML.createObjectNode();
    request.put("operation", "CREATE").put("namespace", "shop");
    request.putObject("userInfo").put("username", "ci");
    request.set("object", object(object).json());
    return new Review("u", request);
  }

  private static Review update(String before, String after) {
    Review review = create(after);
    ((ObjectNode) review.request())
        .put("operation", "UPDATE")
        .set("oldObject", object(before).json());
    return review;
  }

  private static Review by(String manager, Review review) {
    ((ObjectNode) review.request()).putObject("options").put("fieldManager", manager);
    return review;
  }

  private static KubeObject object(String yaml) {
    try {
      JsonNode node = YAML.readTree(yaml);
      return KubeObject.of(node);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
