package dev.belay.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import dev.belay.manifest.ObjectKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which releases the objects of a namespace make. */
class MembershipTest {

  private static final String HELMS =
      "annotations: {meta.helm.sh/release-name: api, meta.helm.sh/release-namespace: shop}";

  /** That of kubectl for the Secret my-set in the namespace shop. */
  private static final String ID = "applyset-XRRA0uiRo7TnOJZqTQ3wnrSNMOAEYX32wS75feSFUxI-v1";

  private static final String IN_SET = "labels: {applyset.kubernetes.io/part-of: %s}".formatted(ID);
  private static final String SET =
      object("v1", "Secret", "my-set", "labels: {applyset.kubernetes.io/id: %s}".formatted(ID));
  private static final String WEB = deployment("web", "labels: {app: shop}", "settings");

  /** As kapp numbers an app: the nanoseconds of when it was made. */
  private static final String NUMBER = "1700000000000000000";

  private static final String IN_APP = "labels: {kapp.k14s.io/app: '%s'}".formatted(NUMBER);
  private static final String IS_APP =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: %s, namespace: shop, labels: {kapp.k14s.io/is-app: ""}%s}
      """;

  @Test
  void objects_with_the_same_mark_are_one_release() {
    assertThat(releases(WEB, object("v1", "ConfigMap", "words", "labels: {app: shop}")))
        .containsOnly(Map.entry("shop", List.of("ConfigMap/words", "Deployment/web")));
  }

  @Test
  void a_workload_without_a_mark_is_a_release_of_its_own_name() {
    assertThat(releases(deployment("web", "labels: {}", "settings")))
        .containsOnly(Map.entry("web", List.of("Deployment/web")));
  }

  @Test
  void what_the_pods_of_one_release_need_joins_it() {
    String web =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop, labels: {app: shop}}
        spec:
          template:
            spec:
              serviceAccountName: runner
              imagePullSecrets: [{name: registry}]
              initContainers:
                - env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: a}}}]
              containers:
                - envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: words}}]
              volumes:
                - persistentVolumeClaim: {claimName: data}
                - projected: {sources: [{configMap: {name: files}}, {secret: {name: token}}]}
                - secret: {secretName: certificate}
        """;
    assertThat(
            releases(
                web,
                object("v1", "ServiceAccount", "runner", ""),
                object("v1", "Secret", "registry", ""),
                object("v1", "Secret", "keys", ""),
                object("v1", "ConfigMap", "settings", ""),
                object("v1", "Secret", "words", ""),
                object("v1", "PersistentVolumeClaim", "data", ""),
                object("v1", "ConfigMap", "files", ""),
                object("v1", "Secret", "token", ""),
                object("v1", "Secret", "certificate", ""),
                object("v1", "ConfigMap", "nobodys", "")))
        .containsOnly(
            Map.entry(
                "shop",
                List.of(
                    "ConfigMap/files",
                    "ConfigMap/settings",
                    "Deployment/web",
                    "PersistentVolumeClaim/data",
                    "Secret/certificate",
                    "Secret/keys",
                    "Secret/registry",
                    "Secret/token",
                    "Secret/words",
                    "ServiceAccount/runner")));
  }

  @Test
  void what_looks_at_the_workloads_of_one_release_joins_it() {
    assertThat(
            releases(
                WEB,
                spec(
                    "autoscaling/v2",
                    "HorizontalPodAutoscaler",
                    "web",
                    "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}"),
                spec("v1", "Service", "front", "selector: {pod: web}"),
                spec(
                    "networking.k8s.io/v1",
                    "Ingress",
                    "outside",
                    "rules: [{http: {paths: [{backend: {service: {name: front}}}]}}]"),
                spec(
                    "policy/v1",
                    "PodDisruptionBudget",
                    "calm",
                    "selector: {matchExpressions: [{key: pod, operator: In, values: [web]}]}"),
                spec(
                    "networking.k8s.io/v1",
                    "NetworkPolicy",
                    "closed",
                    "podSelector: {matchLabels: {pod: web}}")))
        .containsOnly(
            Map.entry(
                "shop",
                List.of(
                    "Deployment/web",
                    "HorizontalPodAutoscaler/web",
                    "Ingress/outside",
                    "NetworkPolicy/closed",
                    "PodDisruptionBudget/calm",
                    "Service/front")));
  }

  @Test
  void what_selects_something_else_or_everything_joins_nothing() {
    assertThat(
            releases(
                WEB,
                spec("v1", "Service", "other", "selector: {pod: db}"),
                spec("v1", "Service", "headless", "clusterIP: None"),
                spec(
                    "policy/v1",
                    "PodDisruptionBudget",
                    "not",
                    "selector: {matchExpressions: [{key: pod, operator: NotIn, values: [web]}]}"),
                spec("networking.k8s.io/v1", "NetworkPolicy", "all", "podSelector: {}"),
                spec(
                    "autoscaling/v2",
                    "HorizontalPodAutoscaler",
                    "set",
                    "scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: web}")))
        .containsOnly(Map.entry("shop", List.of("Deployment/web")));
  }

  @Test
  void what_two_releases_refer_to_belongs_to_neither() {
    assertThat(
            releases(
                WEB,
                deployment("api", "labels: {app: api}", "settings"),
                object("v1", "ConfigMap", "settings", "")))
        .containsOnly(
            Map.entry("shop", List.of("Deployment/web")),
            Map.entry("api", List.of("Deployment/api")));
  }

  @Test
  void what_a_release_of_helm_refers_to_as_well_belongs_to_neither() {
    String helms = deployment("api", HELMS, "settings");
    assertThat(
            names(
                Membership.groups(
                    objects(WEB, helms, object("v1", "ConfigMap", "settings", "")),
                    Map.of(),
                    Set.of("api"))))
        .containsOnly(Map.entry("shop", List.of("Deployment/web")));
  }

  @Test
  void where_mark_and_reference_disagree_the_mark_wins() {
    assertThat(releases(WEB, object("v1", "ConfigMap", "settings", "labels: {app: other}")))
        .containsOnly(
            Map.entry("shop", List.of("Deployment/web")),
            Map.entry("other", List.of("ConfigMap/settings")));
  }

  @Test
  void a_label_alone_moves_no_member_of_a_stable_revision() {
    KubeObject moved = objects(deployment("web", "labels: {app: other}", "settings")).getFirst();
    Map<String, Group> groups =
        Membership.groups(List.of(moved), Map.of(moved.key(), "shop"), Set.of());
    assertThat(names(groups)).containsOnly(Map.entry("shop", List.of("Deployment/web")));
    Group shop = groups.get("shop");
    assertThat(shop.isMarked(moved)).isFalse();
    assertThat(shop.withoutLeaving().members()).as("it leaves with the next verdict").isEmpty();
  }

  @Test
  void an_object_that_helm_has_taken_over_is_helms() {
    KubeObject taken = objects(deployment("web", HELMS, "settings")).getFirst();
    assertThat(Membership.groups(List.of(taken), Map.of(taken.key(), "shop"), Set.of("api")))
        .isEmpty();
  }

  @Test
  void a_label_that_names_a_release_of_helm_is_no_mark() {
    for (String label :
        List.of(
            "app",
            "app.kubernetes.io/instance",
            "belay.dev/release",
            "argocd.argoproj.io/instance")) {
      KubeObject web =
          objects(deployment("web", "labels: {%s: api}".formatted(label), "s")).getFirst();
      Map<String, Group> own = Membership.groups(List.of(web), Map.of(), Set.of("api"));
      assertThat(names(own)).containsOnly(Map.entry("web", List.of("Deployment/web")));
      assertThat(own.get("web").isMarked(web)).isTrue();
      assertThat(own.get("web").withoutLeaving().members()).hasSize(1);
    }
  }

  @Test
  void half_of_helms_mark_is_none_either() {
    assertThat(
            releasesBesideHelms(
                deployment("web", "annotations: {meta.helm.sh/release-name: api}", "s")))
        .containsOnly(Map.entry("web", List.of("Deployment/web")));
  }

  @Test
  void a_weaker_mark_counts_where_a_stronger_one_names_a_release_of_helm() {
    assertThat(
            releasesBesideHelms(
                deployment("web", "labels: {app.kubernetes.io/instance: api, app: shop}", "s")))
        .containsOnly(Map.entry("shop", List.of("Deployment/web")));
  }

  @Test
  void what_a_helm_before_3_2_has_installed_is_known_by_the_labels_of_its_chart() {
    for (String label :
        List.of("app.kubernetes.io/managed-by: Helm", "heritage: Helm", "heritage: Tiller")) {
      assertThat(
              releasesBesideHelms(
                  deployment("web", "labels: {app: api, %s}".formatted(label), "s")))
          .isEmpty();
    }
  }

  @Test
  void the_labels_of_a_chart_take_nothing_out_of_a_release_that_was_verified() {
    KubeObject web =
        objects(deployment("web", "labels: {app.kubernetes.io/managed-by: Helm, app: api}", "s"))
            .getFirst();
    Map<String, Group> groups =
        Membership.groups(List.of(web), Map.of(web.key(), "web"), Set.of("api"));
    assertThat(names(groups)).containsOnly(Map.entry("web", List.of("Deployment/web")));
    assertThat(groups.get("web").withoutLeaving().members()).hasSize(1);
  }

  @Test
  void what_was_verified_in_a_release_of_helm_is_no_release_of_its_own() {
    KubeObject web = objects(deployment("web", "labels: {app: api}", "s")).getFirst();
    assertThat(new Surroundings(Set.of("api")).unproven(List.of(web))).containsOnly("api");
    assertThat(Membership.groups(List.of(web), Map.of(web.key(), "api"), Set.of("api"))).isEmpty();
    KubeObject helms = objects(deployment("web", HELMS, "s")).getFirst();
    assertThat(new Surroundings(Set.of("api")).unproven(List.of(helms))).isEmpty();
  }

  @Test
  void an_apply_set_is_one_release_with_the_name_of_its_parent() {
    assertThat(
            releases(
                SET,
                deployment("web", IN_SET, "s"),
                deployment("api", IN_SET, "s"),
                object("v1", "ConfigMap", "words", IN_SET)))
        .containsOnly(
            Map.entry(
                "my-set",
                List.of("ConfigMap/words", "Deployment/api", "Deployment/web", "Secret/my-set")));
  }

  @Test
  void an_apply_set_of_which_no_parent_is_seen_is_one_release_all_the_same() {
    String another =
        object("v1", "Secret", "other", "labels: {applyset.kubernetes.io/id: %s}".formatted(ID));
    assertThat(releases(another, deployment("web", IN_SET, "s"), deployment("api", IN_SET, "s")))
        .as("an id that is not made of its name makes no parent")
        .containsOnly(
            Map.entry("applyset-cecd6da3cd", List.of("Deployment/api", "Deployment/web")));
    assertThat(
            names(
                Membership.groups(
                    objects(SET, deployment("web", IN_SET, "s")), Map.of(), Set.of("my-set"))))
        .as("nor may it have the name of a release of Helm")
        .containsOnly(Map.entry("applyset-cecd6da3cd", List.of("Deployment/web", "Secret/my-set")));
  }

  @Test
  void an_app_of_kapp_is_one_release_with_the_name_of_what_kapp_keeps_of_it() {
    String web = deployment("web", IN_APP, "s");
    String words = object("v1", "ConfigMap", "words", IN_APP);
    Map<String, List<String>> members =
        Map.of("my-app", List.of("ConfigMap/words", "Deployment/web"));
    assertThat(releases(app("my-app", "", NUMBER), web, words)).isEqualTo(members);
    assertThat(releases(app("my-app.apps.k14s.io", "", NUMBER), web, words)).isEqualTo(members);
    assertThat(
            releases(
                app("a-copy", "2026-01-02T00:00:00Z", NUMBER),
                app("my-app", "2026-01-01T00:00:00Z", NUMBER),
                web,
                words))
        .as("what says the same later is not the app")
        .isEqualTo(members);
  }

  @Test
  void an_app_of_kapp_of_which_no_name_is_known_is_one_release_all_the_same() {
    String web = deployment("web", IN_APP, "s");
    Map<String, List<String>> numbered = Map.of(NUMBER, List.of("Deployment/web"));
    assertThat(releases(web)).as("kept in another namespace").isEqualTo(numbered);
    assertThat(releases(app("other", "", "1600000000000000000"), web)).isEqualTo(numbered);
    String unmarked = object("v1", "ConfigMap", "words", "");
    for (String spec : List.of("''", "'{'", "'[1]'", "'{}'", "'{\"labelValue\": {}}'")) {
      String unreadable = IS_APP.formatted("my-app", "") + "data: {spec: %s}".formatted(spec);
      assertThat(releases(unreadable, web, unmarked)).as(spec).isEqualTo(numbered);
    }
    assertThat(
            names(
                Membership.groups(
                    objects(app("my-app", "", NUMBER), web), Map.of(), Set.of("my-app"))))
        .as("nor may it have the name of a release of Helm")
        .isEqualTo(numbered);
  }

  @Test
  void a_member_without_a_mark_leaves_when_nothing_refers_to_it_any_more() {
    KubeObject settings = objects(object("v1", "ConfigMap", "settings", "")).getFirst();
    assertThat(Membership.groups(List.of(settings), Map.of(settings.key(), "shop"), Set.of()))
        .isEmpty();
  }

  @Test
  void what_nobody_applied_is_in_no_release() {
    String label = "labels: {app: shop}";
    assertThat(
            releases(
                object(
                    "batch/v1",
                    "Job",
                    "run-1",
                    label + ", ownerReferences: [{kind: CronJob, controller: true}]"),
                object("batch/v1", "Job", "hook", label + ", annotations: {helm.sh/hook: x}"),
                object(
                    "batch/v1",
                    "Job",
                    "migration",
                    label + ", annotations: {argocd.argoproj.io/hook: PreSync}"),
                object("v1", "ConfigMap", "kube-root-ca.crt", label),
                object("v1", "ConfigMap", "record", "labels: {app: shop, owner: helm}"),
                object("v1", "ServiceAccount", "default", label),
                object("v1", "ConfigMap", "going", label + ", deletionTimestamp: now"),
                object(
                    "v1",
                    "PersistentVolumeClaim",
                    "data-db-0",
                    label
                        + ", managedFields: [{manager: kube-controller-manager},"
                        + " {manager: kubectl, subresource: status}]"),
                object("v1", "Secret", "revision", label) + "\ntype: belay.dev/revision.v1",
                object("v1", "Secret", "token", label)
                    + "\ntype: kubernetes.io/service-account-token"))
        .isEmpty();
  }

  @Test
  void a_release_whose_name_would_be_no_label_is_not_followed() {
    assertThat(
            releases(
                deployment("web", "annotations: {belay.dev/release: " + "a".repeat(64) + "}", "s")))
        .isEmpty();
  }

  private static Map<String, List<String>> releasesBesideHelms(String... manifests) {
    return names(Membership.groups(objects(manifests), Map.of(), Set.of("api")));
  }

  private static Map<String, List<String>> releases(String... manifests) {
    return names(Membership.groups(objects(manifests), Map.of(), Set.of()));
  }

  private static Map<String, List<String>> names(Map<String, Group> groups) {
    Map<String, List<String>> names = new TreeMap<>();
    groups.forEach(
        (name, group) ->
            names.put(
                name,
                group.members().stream().map(KubeObject::key).map(ObjectKey::display).toList()));
    return names;
  }

  private static List<KubeObject> objects(String... manifests) {
    try {
      return ManifestReader.read(String.join("\n---\n", manifests));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static String deployment(String name, String metadata, String configMap) {
    return object("apps/v1", "Deployment", name, metadata)
        + "\nspec: {template: {metadata: {labels: {pod: %s}}, spec: {containers: [{envFrom: [{configMapRef: {name: %s}}]}]}}}"
            .formatted(name, configMap);
  }

  /** What kapp keeps of an app of this number. */
  private static String app(String name, String made, String number) {
    String metadata = made.isEmpty() ? "" : ", creationTimestamp: '%s'".formatted(made);
    return IS_APP.formatted(name, metadata)
        + "data: {spec: '{\"labelKey\":\"kapp.k14s.io/app\",\"labelValue\":\"%s\"}'}"
            .formatted(number);
  }

  private static String spec(String apiVersion, String kind, String name, String spec) {
    return object(apiVersion, kind, name, "") + "\nspec: {" + spec + "}";
  }

  private static String object(String apiVersion, String kind, String name, String metadata) {
    return "apiVersion: %s\nkind: %s\nmetadata: {name: %s, namespace: shop%s}"
        .formatted(apiVersion, kind, name, metadata.isEmpty() ? "" : ", " + metadata);
  }
}
