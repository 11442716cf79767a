package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the pre-flight finds besides the objects themselves: Pods, rights, hooks, quotas. */
class PreflightIT {

  private static final String WEB =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            %s
            containers:
            - {name: c, image: "a:1", resources: {requests: {cpu: 10m}, limits: {cpu: 10m}}}
      """;

  private static final String QUOTA_ON_PODS =
      """
      apiVersion: v1
      kind: ResourceQuota
      metadata: {name: q}
      spec: {hard: {limits.cpu: 5m}}
      """;

  private static final String LIMITS =
      """
      apiVersion: v1
      kind: LimitRange
      metadata: {name: l}
      spec: {limits: [{type: Container, max: {cpu: 5m}}]}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "serviceAccountName: nobody | service account | serviceaccount \"nobody\" not found",
        "priorityClassName: nobody  |                 | no PriorityClass with name nobody was found",
        "runtimeClassName: nobody   |                 | RuntimeClass \"nobody\" not found",
        "hostNetwork: true          | baseline        | violates PodSecurity \"baseline:latest\": host namespaces",
        "dnsPolicy: Default         | quota           | exceeded quota: q, requested: limits.cpu=10m, used: limits.cpu=0, limited: limits.cpu=5m",
        "dnsPolicy: Default         | limits          | maximum cpu usage per Container is 5m, but limit is 10m",
        "dnsPolicy: Default         | policy          | no Pods of c",
      })
  void what_only_pods_would_be_refused_for_is_told_before(
      String field, String inTheWay, String reason) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      stand(shop, inTheWay == null ? "" : inTheWay);
      assertThat(shop.helm(Helm.HELM_4, "install", "web", Chart.of(WEB.formatted(field))).fails())
          .contains("this install of release web would fail, so nothing of it was applied")
          .contains("Deployment/web: its Pods would be refused: ")
          .contains(reason)
          .contains("[pod-admission]");
      assertThat(shop.exists("deployment", "web")).isFalse();
      assertThat(shop.helm(Helm.HELM_4, "list", "-q", "-a").out()).isEmpty();
    } finally {
      TestNamespace.kubectlAnywhere(
          "delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", "pods-it");
    }
  }

  private static void stand(TestNamespace shop, String inTheWay) {
    switch (inTheWay) {
      case "quota" -> shop.apply(QUOTA_ON_PODS);
      case "limits" -> shop.apply(LIMITS);
      case "baseline" ->
          TestNamespace.kubectlAnywhere(
                  "label", "namespace", shop.name(), "pod-security.kubernetes.io/enforce=baseline")
              .succeeds();
      case "policy" -> {
        shop.apply(policyOnPods(shop.name()));
        shop.awaitRefused(
            "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: a}]}}",
            "no Pods of c");
      }
      default -> {}
    }
  }

  /** For one namespace, and for whoever acts as the controller of ReplicaSets or tests it. */
  private static String policyOnPods(String namespace) {
    return """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: pods-it}
        spec:
          matchConstraints:
            namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
            resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
          validations: [{expression: 'object.spec.containers[0].name != "c"', message: no Pods of c}]
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: pods-it}
        spec: {policyName: pods-it, validationActions: [Deny]}
        """
        .formatted(namespace);
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void what_the_pods_need_may_come_with_the_release(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String all =
          WEB.formatted("serviceAccountName: web\n      priorityClassName: " + shop.name())
              + """
              ---
              {apiVersion: v1, kind: ServiceAccount, metadata: {name: web}}
              ---
              {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: %s}, value: 1}
              """
                  .formatted(shop.name());
      shop.helm(helm, "install", "web", Chart.of(all)).succeeds();
      shop.awaitStable("web", 1);
      shop.helm(helm, "uninstall", "web").succeeds();
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void what_runs_already_is_not_asked_about_again(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String web = WEB.formatted("dnsPolicy: Default");
      shop.helm(helm, "install", "web", Chart.of(web)).succeeds();
      shop.awaitStable("web", 1);
      shop.apply(LIMITS);
      shop.helm(
              helm,
              "upgrade",
              "web",
              Chart.of(web.replace("spec:\n  sel", "spec:\n  replicas: 2\n  sel")))
          .succeeds();
      assertThat(shop.helm(helm, "upgrade", "web", Chart.of(web.replace("a:1", "a:2"))).fails())
          .contains("its Pods would be refused: maximum cpu usage per Container");
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void a_quota_that_old_pods_make_room_in_refuses_no_rolling_update(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(QUOTA_ON_PODS.replace("5m", "10m"));
      String web =
          WEB.formatted("dnsPolicy: Default")
              .replace("spec:\n  sel", "spec:\n  strategy: {type: Recreate}\n  sel");
      shop.helm(helm, "install", "web", Chart.of(web)).succeeds();
      shop.awaitStable("web", 1);
      shop.helm(helm, "upgrade", "web", Chart.of(web.replace("a:1", "a:2"))).succeeds();
      shop.awaitStable("web", 2);
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void a_quota_that_the_same_upgrade_makes_room_in_refuses_nothing(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(QUOTA_ON_PODS.replace("5m", "10m"));
      String web = WEB.formatted("dnsPolicy: Default");
      String other = web.replace("web", "other");
      shop.helm(helm, "install", "web", Chart.of(web)).succeeds();
      shop.awaitStable("web", 1);
      assertThat(shop.helm(helm, "upgrade", "web", Chart.of(web + "\n---\n" + other)).fails())
          .contains("Deployment/other: its Pods would be refused: exceeded quota");
      shop.helm(helm, "upgrade", "web", Chart.of(other), "--wait").succeeds();
      shop.awaitStable("web", 2);
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void a_hook_that_goes_when_it_is_done_is_not_counted_with_what_comes_after_it(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(
          """
          apiVersion: v1
          kind: ResourceQuota
          metadata: {name: q}
          spec: {hard: {count/jobs.batch: 1}}
          """);
      shop.awaitJson(
          "resourcequota", "q", quota -> quota.path("status").path("used").has("count/jobs.batch"));
      String job =
          """
          apiVersion: batch/v1
          kind: Job
          metadata: {name: %s, annotations: {%s}}
          spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}
          ---
          """;
      String hook = job.formatted("migrate", "helm.sh/hook: pre-install%s");
      String after = job.formatted("after", "");
      assertThat(shop.helm(helm, "install", "web", Chart.of(hook.formatted("") + after)).fails())
          .contains("exceeded quota: q, requested: count/jobs.batch=2");
      String goes = hook.formatted(", helm.sh/hook-delete-policy: hook-succeeded");
      // The quota's controller may not have seen yet that the hook is gone: that is Helm's to meet.
      assertThat(shop.helm(helm, "install", "web", Chart.of(goes + after)).err())
          .doesNotContain("nothing of it was applied");
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void several_new_objects_are_counted_together(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(
          """
          apiVersion: v1
          kind: ResourceQuota
          metadata: {name: q}
          spec: {hard: {services: 1, count/deployments.apps: 2}}
          """);
      shop.awaitJson("resourcequota", "q", quota -> quota.at("/status/used/services").isTextual());
      String service =
          "{apiVersion: v1, kind: Service, metadata: {name: %s}, spec: {ports: [{port: 80}]}}\n---\n";
      assertThat(
              shop.helm(
                      helm,
                      "install",
                      "web",
                      Chart.of(service.formatted("a") + service.formatted("b")))
                  .fails())
          .contains("so nothing of it was applied")
          .contains(
              "exceeded quota: q, requested: services=2, used: services=0, limited: services=1");
      assertThat(shop.exists("service", "a")).isFalse();
      shop.helm(helm, "install", "web", Chart.of(service.formatted("a"))).succeeds();
    }
  }

  /** This Role, given to the user deployer. */
  private static String bound(String role) {
    return """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: %1$s}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: deployer}]
        ---
        """
        .formatted(role);
  }

  /** Helm as somebody who may write everything in the namespace but autoscalers. */
  @ParameterizedTest
  @EnumSource(Helm.class)
  void what_the_user_may_not_write_is_refused_before_the_rest_is_written(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(
          """
          apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata: {name: deployer}
          rules:
          - {apiGroups: ["", apps], resources: ["*"], verbs: ["*"]}
          - {apiGroups: [autoscaling], resources: ["*"], verbs: [get, list, watch]}
          """);
      shop.apply(bound("deployer"));
      String[] install = {"install", "shop", TestNamespace.SHOP, "--kube-as-user", "deployer"};
      assertThat(shop.helm(helm, install).fails())
          .contains(
              "so nothing of it was applied: HorizontalPodAutoscaler/web: User \"deployer\" cannot")
          .contains("horizontalpodautoscalers");
      assertThat(shop.exists("deployment", "web")).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void a_right_that_a_role_of_the_release_grants_is_not_missed(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(
          """
          apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata: {name: deployer}
          rules:
          - {apiGroups: ["", rbac.authorization.k8s.io], resources: ["*"], verbs: ["*"]}
          """);
      shop.apply(bound("deployer") + bound("more"));
      String role =
          """
          apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata: {name: more}
          rules: [{apiGroups: [apps], resources: [deployments], verbs: %s}]
          ---
          """;
      String web = WEB.formatted("dnsPolicy: Default");
      String[] as = {"upgrade", "--install", "web", "", "--kube-as-user", "deployer"};
      as[3] = Chart.of(role.formatted("[get]"));
      shop.helm(helm, as).succeeds();
      as[3] = Chart.of(role.formatted("[get]") + web);
      assertThat(shop.helm(helm, as).fails())
          .contains("nothing of it was applied: Deployment/web: User \"deployer\" cannot ");
      as[3] = Chart.of(role.formatted("[get, list, watch, create, patch, update]") + web);
      assertThat(shop.helm(helm, as).succeeds().err())
          .contains(
              "Deployment/web: Belay can't tell whether it would be applied, since this release"
                  + " changes Role/more (rules");
    }
  }

  /** A policy that lets ConfigMaps have as many keys as another one says. */
  @ParameterizedTest
  @EnumSource(Helm.class)
  void what_a_policy_judges_by_may_come_with_the_release(Helm helm) {
    String map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}, data: {%s}}\n---\n";
    try (TestNamespace shop = TestNamespace.enforced()) {
      String policy = shop.name();
      shop.apply(policyWithParameters(policy));
      String one = map.formatted("limits", "most: '1'");
      shop.helm(helm, "install", "web", Chart.of(one)).succeeds();
      shop.awaitRefused(map.formatted("probe", "a: b, c: d"), "too many keys");
      try {
        String two = map.formatted("web", "a: b, c: d");
        assertThat(shop.helm(helm, "upgrade", "web", Chart.of(one + two)).fails())
            .contains("nothing of it was applied: ConfigMap/web: ")
            .contains("too many keys");
        assertThat(
                shop.helm(
                        helm,
                        "upgrade",
                        "web",
                        Chart.of(map.formatted("limits", "most: '2'") + two))
                    .err())
            .doesNotContain("nothing of it was applied")
            .contains(
                "ConfigMap/web: Belay can't tell whether it would be applied, since this release"
                    + " changes ConfigMap/limits (data.most): ")
            .contains("too many keys");
      } finally {
        shop.kubectl("delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", policy)
            .succeeds();
      }
    }
  }

  private static String policyWithParameters(String namespace) {
    return """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: %1$s}
        spec:
          paramKind: {apiVersion: v1, kind: ConfigMap}
          matchConstraints:
            namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
            resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]
          validations:
          - expression: "object.metadata.name == 'limits' || object.data.size() <= int(params.data.most)"
            message: too many keys
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: %1$s}
        spec:
          policyName: %1$s
          paramRef: {name: limits, parameterNotFoundAction: Allow}
          validationActions: [Deny]
        """
        .formatted(namespace);
  }

  /** As in a pipeline: by token, with what the API server knows of the token besides. */
  @ParameterizedTest
  @EnumSource(Helm.class)
  void a_service_account_is_asked_for_as_itself(Helm helm) throws IOException {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("create", "serviceaccount", "ci").succeeds();
      shop.kubectl(
              "create",
              "rolebinding",
              "ci",
              "--clusterrole=admin",
              "--serviceaccount=" + shop.name() + ":ci")
          .succeeds();
      Path config = Files.createTempFile(Path.of("target"), "ci", ".kubeconfig");
      Files.copy(Path.of(System.getenv("KUBECONFIG")), config, StandardCopyOption.REPLACE_EXISTING);
      Map<String, String> ci = Map.of("KUBECONFIG", config.toAbsolutePath().toString());
      String token = shop.kubectl("create", "token", "ci").succeeds().out().strip();
      shop.kubectl(ci, "config", "set-credentials", "ci", "--token=" + token).succeeds();
      shop.kubectl(ci, "config", "set-context", "--current", "--user=ci").succeeds();

      Command installed = shop.helm(ci, helm, "install", "shop", TestNamespace.SHOP).succeeds();
      assertThat(installed.err()).doesNotContain("Belay");
      shop.awaitStable("shop", 1);
      assertThat(
              shop.helm(ci, helm, "upgrade", "shop", TestNamespace.SHOP, "--set", "service.port=0")
                  .fails())
          .contains("so nothing of it was applied: Service/web: ");
      Files.delete(config);
    }
  }

  @ParameterizedTest
  @EnumSource(Helm.class)
  void hooks_are_asked_about_too(Helm helm) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String hook =
          """
          apiVersion: batch/v1
          kind: Job
          metadata: {name: migrate, annotations: {helm.sh/hook: "%s"}}
          spec: {template: {spec: {restartPolicy: %s, containers: [{name: c, image: "a:1"}]}}}
          """;
      String settings = "---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}}\n";
      assertThat(
              shop.helm(
                      helm,
                      "install",
                      "web",
                      Chart.of(hook.formatted("post-install", "Always") + settings))
                  .fails())
          .contains("Job/migrate (a hook): ")
          .contains("restartPolicy")
          .contains("[hook]");
      assertThat(shop.exists("configmap", "settings")).isFalse();

      for (String other : List.of("post-delete", "test", "pre-rollback")) {
        shop.helm(
                helm,
                "install",
                "web-" + other,
                Chart.of(hook.formatted(other, "Always") + settings.replace("settings", other)))
            .succeeds();
      }
      String good = hook.formatted("pre-install,pre-upgrade", "Never") + settings;
      shop.helm(helm, "install", "web", Chart.of(good)).succeeds();
      // A Job's template can't be changed: Helm deletes the old one first.
      shop.helm(helm, "upgrade", "web", Chart.of(good.replace("a:1", "a:2"))).succeeds();
    }
  }

  @Test
  void what_needs_something_of_the_same_release_is_not_checked_and_told() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String other = shop.name() + "-other";
      String chart =
          Chart.of(
              """
              {apiVersion: v1, kind: Namespace, metadata: {name: %1$s}}
              ---
              {apiVersion: v1, kind: ConfigMap, metadata: {name: there, namespace: %1$s}}
              """
                  .formatted(other));
      assertThat(shop.helm(Helm.HELM_4, "install", "web", chart).succeeds().err())
          .contains(
              "Belay did not check what needs Namespace/%s of this release: ConfigMap/there"
                  .formatted(other));
      shop.helm(Helm.HELM_4, "uninstall", "web").succeeds();
    }
  }

  @Test
  void a_removal_that_helm_4_would_fail_at_last_is_told_first() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String settings = "{apiVersion: v1, kind: ConfigMap, metadata: {name: %s}}\n---\n";
      shop.helm(
              Helm.HELM_4,
              "install",
              "web",
              Chart.of(settings.formatted("kept") + settings.formatted("gone")))
          .succeeds();
      shop.apply(
          """
          apiVersion: rbac.authorization.k8s.io/v1
          kind: Role
          metadata: {name: deployer}
          rules:
          - {apiGroups: [""], resources: [secrets], verbs: ["*"]}
          - {apiGroups: [""], resources: [configmaps], verbs: [get, list, watch, create, update, patch]}
          ---
          apiVersion: rbac.authorization.k8s.io/v1
          kind: RoleBinding
          metadata: {name: deployer}
          roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}
          subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: deployer}]
          """);
      String[] upgrade = {
        "upgrade", "web", Chart.of(settings.formatted("kept")), "--kube-as-user", "deployer"
      };
      assertThat(shop.helm(Helm.HELM_4, upgrade).fails())
          .contains("ConfigMap/gone: it is no more in the release, and can't be deleted: ");
      assertThat(shop.history(Helm.HELM_4, "web")).hasSize(1);
    }
  }
}
