package dev.belay.rollback;

import static dev.belay.rollback.Given.named;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Rollback.Step;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {

  private static final KubeObject DEPLOYMENT = named("apps/v1", "Deployment", "web");
  private static final KubeObject STATEFUL_SET = named("apps/v1", "StatefulSet", "db");
  private static final KubeObject JOB = named("batch/v1", "Job", "migrate");
  private static final KubeObject CONFIG = named("v1", "ConfigMap", "web");
  private static final KubeObject SECRET = named("v1", "Secret", "web");
  private static final KubeObject ACCOUNT = named("v1", "ServiceAccount", "web");
  private static final KubeObject SERVICE = named("v1", "Service", "web");
  private static final KubeObject ROLE = named("rbac.authorization.k8s.io/v1", "Role", "web");
  private static final KubeObject HPA = named("autoscaling/v2", "HorizontalPodAutoscaler", "web");
  private static final KubeObject INGRESS = named("networking.k8s.io/v1", "Ingress", "web");
  private static final KubeObject CUSTOM = named("example.com/v1", "Widget", "web");

  @Test
  void what_workloads_need_comes_first_then_workloads_then_what_looks_at_them() {
    List<KubeObject> stable =
        List.of(
            HPA,
            CUSTOM,
            JOB,
            STATEFUL_SET,
            DEPLOYMENT,
            INGRESS,
            SERVICE,
            ROLE,
            CONFIG,
            SECRET,
            ACCOUNT);
    assertThat(Plan.of(stable, List.of(), Instant.EPOCH))
        .extracting(step -> step.action() + " " + step.kind())
        .containsExactly(
            "Restore ServiceAccount",
            "Restore Secret",
            "Restore ConfigMap",
            "Restore Role",
            "Restore Service",
            "Restore Deployment",
            "Restore StatefulSet",
            "Restore Job",
            "Restore HorizontalPodAutoscaler",
            "Restore Ingress",
            "Restore Widget");
  }

  @Test
  void objects_of_one_kind_are_restored_by_name_so_that_the_plan_is_always_the_same() {
    KubeObject a = named("v1", "ConfigMap", "a");
    KubeObject b = named("v1", "ConfigMap", "b");
    assertThat(Plan.of(List.of(b, a), List.of(), Instant.EPOCH))
        .isEqualTo(Plan.of(List.of(a, b), List.of(), Instant.EPOCH));
  }

  @Test
  void what_the_failed_change_created_goes_last_and_in_reverse() {
    assertThat(Plan.of(List.of(CONFIG), List.of(SECRET, ACCOUNT, DEPLOYMENT, HPA), Instant.EPOCH))
        .extracting(step -> step.action() + " " + step.kind())
        .containsExactly(
            "Restore ConfigMap",
            "Delete HorizontalPodAutoscaler",
            "Delete Deployment",
            "Delete Secret",
            "Delete ServiceAccount");
  }

  @Test
  void only_the_very_object_that_was_created_may_be_deleted() {
    assertThat(Plan.of(List.of(CONFIG), List.of(SECRET), Instant.EPOCH))
        .extracting(Step::uid)
        .containsExactly("", "uid-of-web");
  }

  @Test
  void what_was_there_before_the_failed_change_adopted_it_is_kept() {
    KubeObject adopted = named("v1", "ConfigMap", "adopted");
    adopted.json().withObjectProperty("metadata").put("creationTimestamp", "2026-03-01T11:59:59Z");
    KubeObject created = named("v1", "ConfigMap", "created");
    created.json().withObjectProperty("metadata").put("creationTimestamp", "2026-03-01T12:00:00Z");
    assertThat(Plan.of(List.of(), List.of(adopted, created), Instant.parse("2026-03-01T12:00:00Z")))
        .extracting(step -> step.action() + " " + step.name())
        .containsExactlyInAnyOrder("Keep adopted", "Delete created");
  }

  @Test
  void what_holds_data_or_other_peoples_objects_is_never_deleted() {
    List<KubeObject> created =
        List.of(
            named("v1", "PersistentVolumeClaim", "data"),
            named("v1", "PersistentVolume", "data"),
            named("apiextensions.k8s.io/v1", "CustomResourceDefinition", "widgets.example.com"),
            named("v1", "Namespace", "other"),
            keeping(named("v1", "Secret", "certificate")));
    assertThat(Plan.of(List.of(), created, Instant.EPOCH))
        .hasSize(5)
        .allSatisfy(step -> assertThat(step.action().name()).isEqualTo("Keep"))
        .allSatisfy(step -> assertThat(step.uid()).isEmpty());
  }

  /** As Helm leaves it alone for good. */
  private static KubeObject keeping(KubeObject object) {
    object
        .json()
        .withObjectProperty("metadata")
        .putObject("annotations")
        .put("helm.sh/resource-policy", "keep");
    return object;
  }

  @Test
  void what_is_restored_is_not_deleted_even_in_another_version_of_its_api() {
    KubeObject v1 = named("autoscaling/v1", "HorizontalPodAutoscaler", "web");
    assertThat(Plan.of(List.of(HPA), List.of(v1), Instant.EPOCH))
        .extracting(step -> step.action() + " " + step.apiVersion())
        .containsExactly("Restore autoscaling/v2");
  }

  @Test
  void two_objects_of_one_name_in_two_groups_are_two_objects() {
    KubeObject other = named("example.com/v1", "Deployment", "web");
    assertThat(Plan.of(List.of(DEPLOYMENT), List.of(other), Instant.EPOCH))
        .extracting(step -> step.action() + " " + step.apiVersion())
        .containsExactly("Restore apps/v1", "Delete example.com/v1");
  }

  @Test
  void steps_carry_all_that_is_needed_to_find_the_object() {
    assertThat(Plan.of(List.of(DEPLOYMENT), List.of(), Instant.EPOCH).getFirst())
        .isEqualTo(
            new Step(
                dev.belay.api.Rollback.Action.Restore, "apps/v1", "Deployment", "shop", "web", ""));
  }
}
