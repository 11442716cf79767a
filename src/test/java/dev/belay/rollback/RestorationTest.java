package dev.belay.rollback;

import static dev.belay.rollback.Given.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestorationTest {

  private static final String STABLE =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
        namespace: shop
        uid: u
        resourceVersion: "5"
        generation: 2
        creationTimestamp: 2026-01-01T00:00:00Z
        labels: {app: web}
        annotations: {deployment.kubernetes.io/revision: "1", team: a}
        finalizers: [example.com/backup]
        ownerReferences: [{kind: Shop, name: shop, uid: owner}]
        managedFields:
        - {manager: helm, operation: Apply, time: 2026-01-01T00:00:00Z, fieldsV1: {f:spec: {f:replicas: {}}}}
        - {manager: controller, operation: Update, subresource: status, fieldsV1: {f:old: {}}}
      spec: {replicas: 3}
      """;

  @Test
  void a_replacement_is_based_on_the_live_object() {
    KubeObject live = object(STABLE).copy();
    live.json().withObjectProperty("metadata").put("resourceVersion", "9");
    assertThat(Restoration.replacement(object(STABLE), live).resourceVersion()).isEqualTo("9");
  }

  @Test
  void a_creation_carries_nothing_that_the_server_assigned_or_counted() {
    assertThat(Restoration.creation(object(STABLE)))
        .isEqualTo(
            object(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: web
                  namespace: shop
                  labels: {app: web}
                  annotations: {team: a}
                  finalizers: [example.com/backup]
                spec: {replicas: 3}
                """));
  }

  @Test
  void a_job_is_created_with_a_selector_of_its_own() {
    KubeObject created =
        Restoration.creation(
            object(
                """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: migrate, uid: u}
                spec:
                  selector: {matchLabels: {batch.kubernetes.io/controller-uid: u}}
                  template:
                    metadata:
                      labels:
                        app: migrate
                        controller-uid: u
                        batch.kubernetes.io/controller-uid: u
                """));
    assertThat(created)
        .isEqualTo(
            object(
                """
                apiVersion: batch/v1
                kind: Job
                metadata: {name: migrate}
                spec: {template: {metadata: {labels: {app: migrate}}}}
                """));
  }

  @Test
  void a_job_whose_selector_a_person_wrote_is_created_with_it() {
    String job =
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: migrate}
        spec: {manualSelector: true, selector: {matchLabels: {app: migrate}}}
        """;
    assertThat(Restoration.creation(object(job))).isEqualTo(object(job));
  }

  @Test
  void an_object_that_nobody_changed_is_the_same() {
    assertThat(Restoration.sameContent(object(STABLE), object(STABLE))).isTrue();
  }

  @Test
  void what_the_server_and_controllers_write_makes_no_difference() {
    KubeObject live = object(STABLE);
    live.json().withObjectProperty("metadata").put("resourceVersion", "99").put("generation", 9);
    live.json()
        .withObjectProperty("metadata")
        .withObjectProperty("annotations")
        .put("deployment.kubernetes.io/revision", "7");
    live.json().putObject("status").put("replicas", 1);
    assertThat(Restoration.sameContent(object(STABLE), live)).isTrue();
  }

  @Test
  void any_other_field_makes_a_difference_changed_added_or_removed() {
    KubeObject changed = object(STABLE);
    changed.json().withObjectProperty("spec").put("replicas", 4);
    KubeObject added = object(STABLE);
    added.json().withObjectProperty("spec").put("paused", true);
    KubeObject removed = object(STABLE);
    removed.json().withObjectProperty("spec").remove("replicas");
    KubeObject labelled = object(STABLE);
    labelled.json().withObjectProperty("metadata").withObjectProperty("labels").put("x", "y");
    for (KubeObject live : List.of(changed, added, removed, labelled)) {
      assertThat(Restoration.sameContent(object(STABLE), live)).isFalse();
    }
  }

  @Test
  void no_labels_and_an_empty_map_of_labels_are_the_same() {
    String bare = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a%s}}";
    assertThat(
            Restoration.sameContent(
                object(bare.formatted(", labels: {}, annotations: {}")),
                object(bare.formatted(""))))
        .isTrue();
    assertThat(
            Restoration.sameContent(
                object(bare.formatted("")), object(bare.formatted(", annotations: {}"))))
        .isTrue();
  }

  @Test
  void managers_are_those_of_the_stable_state_and_the_live_ones_of_subresources() {
    KubeObject live =
        managed(
            """
            - {manager: belay, operation: Update, fieldsV1: {f:spec: {f:replicas: {}}}}
            - {manager: controller, operation: Update, subresource: status, fieldsV1: {f:new: {}}}
            - {manager: kubectl, operation: Update, subresource: scale, fieldsV1: {f:spec: {f:replicas: {}}}}
            """);
    assertThat(Restoration.managers(object(STABLE), live))
        .isEqualTo(
            managed(
                    """
                    - {manager: helm, operation: Apply, time: 2026-01-01T00:00:00Z, fieldsV1: {f:spec: {f:replicas: {}}}}
                    - {manager: controller, operation: Update, subresource: status, fieldsV1: {f:new: {}}}
                    - {manager: kubectl, operation: Update, subresource: scale, fieldsV1: {f:spec: {f:replicas: {}}}}
                    """)
                .at("metadata", "managedFields"));
  }

  @Test
  void managers_are_the_same_whenever_they_wrote_and_in_any_order() {
    KubeObject live =
        managed(
            """
            - {manager: controller, operation: Update, subresource: status, fieldsV1: {f:x: {}}}
            - {manager: helm, operation: Apply, time: 2026-09-09T00:00:00Z, fieldsV1: {f:spec: {f:replicas: {}}}}
            """);
    assertThat(Restoration.sameManagers(object(STABLE), live)).isTrue();
  }

  @Test
  void a_manager_more_or_less_or_with_other_fields_is_not_the_same() {
    String helm = "- {manager: helm, operation: Apply, fieldsV1: {f:spec: {f:replicas: {}}}}\n";
    assertThat(Restoration.sameManagers(object(STABLE), managed(helm))).isTrue();
    for (String live :
        List.of(
            helm + "- {manager: belay, operation: Update, fieldsV1: {f:spec: {}}}\n",
            "- {manager: belay, operation: Update, fieldsV1: {f:spec: {}}}\n",
            "- {manager: helm, operation: Update, fieldsV1: {f:spec: {f:replicas: {}}}}\n",
            "- {manager: helm, operation: Apply, fieldsV1: {f:spec: {f:paused: {}}}}\n")) {
      assertThat(Restoration.sameManagers(object(STABLE), managed(live))).as(live).isFalse();
    }
  }

  @Test
  void a_snapshot_keeps_everything_but_the_status() {
    KubeObject live = object(STABLE);
    live.json().putObject("status").put("replicas", 1);
    assertThat(Snapshot.of(live)).isEqualTo(object(STABLE));
    assertThat(live.json().has("status")).as("the live object is not changed").isTrue();
  }

  private static KubeObject managed(String entries) {
    return object(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  managedFields:\n"
            + entries.indent(2));
  }
}
