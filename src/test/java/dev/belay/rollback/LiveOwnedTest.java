package dev.belay.rollback;

import static dev.belay.rollback.Given.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import org.junit.jupiter.api.Test;

/** Each field that a restore leaves to its owner; all others are as they were. */
class LiveOwnedTest {

  @Test
  void what_the_server_assigns_is_live() {
    KubeObject restored =
        restored(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: web
              uid: old
              resourceVersion: "5"
              generation: 2
              creationTimestamp: 2026-01-01T00:00:00Z
              managedFields: [{manager: old}]
            """,
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: web
              uid: new
              resourceVersion: "9"
              generation: 7
              creationTimestamp: 2026-02-01T00:00:00Z
              managedFields: [{manager: new}]
            """);
    assertThat(restored.at("metadata"))
        .isEqualTo(
            object(
                    """
                    apiVersion: v1
                    kind: ConfigMap
                    metadata:
                      name: web
                      uid: new
                      resourceVersion: "9"
                      generation: 7
                      creationTimestamp: 2026-02-01T00:00:00Z
                      managedFields: [{manager: new}]
                    """)
                .at("metadata"));
  }

  @Test
  void finalizers_and_owners_are_those_that_others_have_set_since() {
    KubeObject restored =
        restored(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: web, finalizers: [gone], ownerReferences: [{uid: gone}]}
            """,
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: web, finalizers: [example.com/backup]}
            """);
    assertThat(restored.at("metadata", "finalizers")).hasToString("[\"example.com/backup\"]");
    assertThat(restored.at("metadata").has("ownerReferences")).isFalse();
  }

  @Test
  void status_is_live() {
    KubeObject restored =
        restored(
            """
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {paused: true}}
            """,
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec: {paused: false}
            status: {replicas: 3}
            """);
    assertThat(restored.at("status", "replicas").intValue()).isEqualTo(3);
    assertThat(restored.at("spec", "paused").booleanValue()).isTrue();
  }

  @Test
  void labels_annotations_and_fields_that_the_failed_release_added_are_gone() {
    KubeObject restored =
        restored(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: web
              labels: {app: web}
              annotations: {kubectl.kubernetes.io/last-applied-configuration: old}
            data: {a: "1"}
            """,
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: web
              labels: {app: web, added: "yes"}
              annotations: {kubectl.kubernetes.io/last-applied-configuration: new, added: "yes"}
            data: {a: "2", added: "yes"}
            immutable: false
            """);
    assertThat(restored.labels()).containsOnlyKeys("app");
    assertThat(restored.annotations())
        .containsExactly(
            java.util.Map.entry("kubectl.kubernetes.io/last-applied-configuration", "old"));
    assertThat(restored.at("data")).hasToString("{\"a\":\"1\"}");
    assertThat(restored.json().has("immutable")).isFalse();
  }

  @Test
  void a_service_keeps_its_live_cluster_ip() {
    KubeObject restored =
        restored(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1], ports: [{port: 80}]}
            """,
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {clusterIP: 10.0.0.2, clusterIPs: [10.0.0.2], ports: [{port: 81}]}
            """);
    assertThat(restored.text("", "spec", "clusterIP")).isEqualTo("10.0.0.2");
    assertThat(restored.at("spec", "clusterIPs")).hasToString("[\"10.0.0.2\"]");
    assertThat(restored.at("spec", "ports").get(0).path("port").intValue()).isEqualTo(80);
  }

  @Test
  void a_service_that_lost_its_cluster_ip_gets_a_new_one() {
    KubeObject restored =
        restored(
            "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: 10.0.0.1}}",
            "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: ExternalName}}");
    assertThat(restored.at("spec").has("clusterIP")).isFalse();
    assertThat(restored.at("spec").has("type")).isFalse();
  }

  @Test
  void the_deployment_controller_counts_revisions_on() {
    KubeObject restored =
        restored(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, annotations: {deployment.kubernetes.io/revision: "3", team: a}}
            """,
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, annotations: {deployment.kubernetes.io/revision: "4", team: b}}
            """);
    assertThat(restored.annotations())
        .containsEntry("deployment.kubernetes.io/revision", "4")
        .containsEntry("team", "a");
  }

  @Test
  void a_revision_that_is_not_counted_live_is_not_brought_back() {
    KubeObject restored =
        restored(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, annotations: {deployment.kubernetes.io/revision: "3"}}
            """,
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}");
    assertThat(restored.annotations()).isEmpty();
  }

  @Test
  void a_revision_is_counted_on_where_no_annotation_was_before() {
    KubeObject restored =
        restored(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, annotations: {deployment.kubernetes.io/revision: "4"}}
            """);
    assertThat(restored.annotations()).containsEntry("deployment.kubernetes.io/revision", "4");
  }

  @Test
  void replicas_that_an_autoscaler_set_are_live() {
    assertThat(replicasAfterScaling("kube-controller-manager")).isEqualTo(7);
    assertThat(replicasAfterScaling("keda-operator")).isEqualTo(7);
  }

  @Test
  void replicas_that_a_person_scaled_to_are_live() {
    assertThat(replicasAfterScaling("kubectl")).isEqualTo(7);
  }

  /** Applied on the server without a number, by which nobody is the manager, scaled or not. */
  @Test
  void replicas_that_no_manifest_named_are_live() {
    String deployment =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          managedFields:
          - {manager: helm, operation: Apply, fieldsV1: {f:spec: {%s}}}
        spec: {replicas: %d}
        """;
    KubeObject restored =
        restored(deployment.formatted("", 1), deployment.formatted("f:template: {}", 5));
    assertThat(restored.number(-1, "spec", "replicas")).isEqualTo(5);
    restored = restored(deployment.formatted("f:replicas: {}", 3), deployment.formatted("", 1));
    assertThat(restored.number(-1, "spec", "replicas")).as("no more in the manifest").isEqualTo(3);
    restored = restored(deployment.formatted("", 1), deployment.formatted("f:replicas: {}", 4));
    assertThat(restored.number(-1, "spec", "replicas")).as("new in the manifest").isEqualTo(1);
  }

  @Test
  void a_claim_that_has_grown_stays_as_large() {
    String claim =
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data},"
            + " spec: {resources: {requests: {storage: %s}}}}";
    KubeObject restored = restored(claim.formatted("1Gi"), claim.formatted("2Gi"));
    assertThat(restored.text("", "spec", "resources", "requests", "storage")).isEqualTo("2Gi");
  }

  @Test
  void replicas_that_the_failed_release_set_are_as_they_were() {
    KubeObject restored =
        restored(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 3}}",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              managedFields:
              - {manager: helm, operation: Apply, fieldsV1: {f:spec: {f:replicas: {}}}}
              - manager: kube-controller-manager
                operation: Update
                subresource: status
                fieldsV1: {f:status: {f:replicas: {}}}
            spec: {replicas: 0}
            """);
    assertThat(restored.number(-1, "spec", "replicas")).isEqualTo(3);
  }

  @Test
  void a_volume_that_was_bound_stays_bound() {
    KubeObject restored =
        restored(
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data}
            spec: {accessModes: [ReadWriteOnce]}
            """,
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data}
            spec: {accessModes: [ReadWriteOnce], volumeName: pv-1, storageClassName: standard}
            """);
    assertThat(restored.text("", "spec", "volumeName")).isEqualTo("pv-1");
    assertThat(restored.text("", "spec", "storageClassName")).isEqualTo("standard");
  }

  @Test
  void secrets_of_a_service_account_are_the_token_controllers() {
    KubeObject restored =
        restored(
            "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, secrets: [{name: old}]}",
            "{apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, secrets: [{name: new}]}");
    assertThat(restored.at("secrets")).hasToString("[{\"name\":\"new\"}]");
  }

  @Test
  void rules_of_an_aggregated_cluster_role_are_the_aggregation_controllers() {
    String role =
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: a}
        %s
        rules: [{verbs: [%s]}]
        """;
    String aggregated = "aggregationRule: {clusterRoleSelectors: []}";
    assertThat(
            restored(role.formatted(aggregated, "get"), role.formatted(aggregated, "list"))
                .at("rules"))
        .hasToString("[{\"verbs\":[\"list\"]}]");
    assertThat(restored(role.formatted("", "get"), role.formatted("", "list")).at("rules"))
        .hasToString("[{\"verbs\":[\"get\"]}]");
  }

  @Test
  void a_ca_bundle_is_kept_by_the_name_of_its_webhook_not_by_its_place() {
    for (String kind :
        new String[] {"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"}) {
      KubeObject restored =
          restored(
              """
              apiVersion: admissionregistration.k8s.io/v1
              kind: %s
              metadata: {name: a}
              webhooks:
              - {name: one, clientConfig: {url: "https://one", caBundle: old}}
              - {name: two, clientConfig: {url: "https://two"}}
              - {name: three, clientConfig: {url: "https://three", caBundle: own}}
              """
                  .formatted(kind),
              """
              apiVersion: admissionregistration.k8s.io/v1
              kind: %s
              metadata: {name: a}
              webhooks:
              - {name: two, clientConfig: {url: "https://bad", caBundle: second}}
              - {name: one, clientConfig: {url: "https://bad", caBundle: first}}
              """
                  .formatted(kind));
      assertThat(restored.at("webhooks"))
          .hasToString(
              "[{\"name\":\"one\",\"clientConfig\":{\"url\":\"https://one\",\"caBundle\":\"first\"}},"
                  + "{\"name\":\"two\",\"clientConfig\":{\"url\":\"https://two\",\"caBundle\":\"second\"}},"
                  + "{\"name\":\"three\",\"clientConfig\":{\"url\":\"https://three\",\"caBundle\":\"own\"}}]");
    }
  }

  @Test
  void injected_certificates_of_an_api_service_and_a_crd_are_kept() {
    KubeObject service =
        restored(
            """
            {apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: a}, spec: {}}
            """,
            """
            apiVersion: apiregistration.k8s.io/v1
            kind: APIService
            metadata: {name: a}
            spec: {caBundle: live}
            """);
    assertThat(service.text("", "spec", "caBundle")).isEqualTo("live");
    String crd =
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: a}
        spec: {conversion: {webhook: {clientConfig: {caBundle: %s}}}}
        """;
    assertThat(
            restored(crd.formatted("old"), crd.formatted("live"))
                .text("", "spec", "conversion", "webhook", "clientConfig", "caBundle"))
        .isEqualTo("live");
  }

  @Test
  void a_job_keeps_the_labels_by_which_its_controller_knows_its_pods() {
    String job =
        """
        apiVersion: batch/v1
        kind: Job
        metadata: {name: migrate, labels: {version: %2$s}}
        spec:
          selector: {matchLabels: {batch.kubernetes.io/controller-uid: %1$s}}
          template:
            metadata:
              labels:
                app: migrate
                controller-uid: %1$s
                batch.kubernetes.io/controller-uid: %1$s
        """;
    assertThat(restored(job.formatted("old", "good"), job.formatted("new", "bad")))
        .isEqualTo(object(job.formatted("new", "good")));
  }

  @Test
  void the_stable_object_itself_is_not_changed() {
    KubeObject stable = object("{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {}}");
    KubeObject before = stable.copy();
    Restoration.replacement(
        stable,
        object(
            "{apiVersion: v1, kind: Service, metadata: {name: web, uid: u}, spec: {clusterIP: x}}"));
    assertThat(stable).isEqualTo(before);
  }

  private static KubeObject restored(String stable, String live) {
    return Restoration.replacement(object(stable), object(live));
  }

  private static long replicasAfterScaling(String manager) {
    KubeObject restored =
        restored(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 3}}",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
              managedFields:
              - manager: %s
                operation: Update
                subresource: scale
                fieldsV1: {f:spec: {f:replicas: {}}}
            spec: {replicas: 7}
            """
                .formatted(manager));
    return restored.number(-1, "spec", "replicas");
  }
}
