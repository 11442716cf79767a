package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Single objects, as kubectl writes them in all its ways, on the real API server. */
class ObjectGateIT {

  private static final String HPA =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: web, labels: {app: shop}}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
        minReplicas: 1
        maxReplicas: 5
        metrics:
          - type: Resource
            resource: {name: cpu, target: {type: Utilization, averageUtilization: %d}}
      """;
  private static final String ADDS_A_CONTAINER =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingAdmissionPolicy
      metadata: {name: %1$s}
      spec:
        reinvocationPolicy: Never
        matchConstraints:
          resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]
        mutations:
          - patchType: JSONPatch
            jsonPatch:
              expression: >-
                [JSONPatch{op: "add", path: "/spec/template/spec/containers/-",
                value: Object.spec.template.spec.containers{name: "sidecar", image: "example/sidecar:1"}}]
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingAdmissionPolicyBinding
      metadata: {name: %1$s}
      spec:
        policyName: %1$s
        matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}}
      """;
  private static final String SERVICE =
      """
      apiVersion: v1
      kind: Service
      metadata: {name: web, labels: {app: shop}}
      spec: {selector: {app: shop}, ports: [{port: %d}]}
      """;

  /** The last two write as Flux's kustomize-controller and as Argo CD do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "apply",
        "apply --server-side",
        "create",
        "replace --force",
        "apply --server-side --force-conflicts --field-manager=kustomize-controller",
        "apply --server-side --force-conflicts --field-manager=argocd-controller",
      })
  void aBadObjectIsRefusedWithItsReleaseAndPutDownOnIt(String verb) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String said = shop.kubectl(words(verb, "-f", TestNamespace.file(HPA.formatted(-10)))).fails();
      assertThat(said)
          .contains("early.belay.dev")
          .contains("HorizontalPodAutoscaler/web of release shop is refused")
          .contains("averageUtilization is -10")
          .contains("belay.dev/mode=observe");
      assertThat(shop.exists("hpa", "web")).isFalse();
      JsonNode refusal = shop.release("shop").at("/status/refusals/0");
      assertThat(refusal.path("object").asText()).isEqualTo("HorizontalPodAutoscaler/web");
      assertThat(refusal.path("message").asText()).contains("averageUtilization is -10");
      assertThat(refusal.path("user").asText()).isNotEmpty();
      assertThat(refusal.path("client").asText())
          .startsWith(verb.contains("manager=") ? verb.split("manager=")[1] : "kubectl");
      assertThat(refusal.path("enforced").asBoolean()).isTrue();
      assertThat(shop.kubectl("describe", "release", "shop").succeeds().out())
          .contains("Refused")
          .contains("averageUtilization is -10");
    }
  }

  @Test
  void whatNoRuleKnowsIsRefusedInTheApiServersWordsWhateverTheClientDoes() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl("apply", "-f", TestNamespace.file(SERVICE.formatted(80))).succeeds();
      shop.kubectl("apply", "-f", TestNamespace.file(HPA.formatted(80))).succeeds();
      assertThat(shop.kubectl("apply", "-f", TestNamespace.file(SERVICE.formatted(70000))).fails())
          .contains("Service/web of release shop is refused")
          .contains("spec.ports[0].port");
      assertThat(
              shop.kubectl(
                      "patch", "hpa", "web", "--type=merge", "-p", "{\"spec\":{\"maxReplicas\":0}}")
                  .fails())
          .contains("HorizontalPodAutoscaler/web of release shop is refused")
          .contains("maxReplicas");
      assertThat(
              shop.kubectl(
                      "patch",
                      "service",
                      "web",
                      "--type=json",
                      "-p",
                      "[{\"op\":\"replace\",\"path\":\"/spec/ports/0/port\",\"value\":0}]")
                  .fails())
          .contains("Service/web of release shop is refused");
      shop.kubectl("create", "deployment", "web", "--image=example/shop:1").succeeds();
      assertThat(shop.kubectl("set", "image", "deployment/web", "shop=").fails())
          .contains("Deployment/web of release web is refused")
          .contains("image");
      assertThat(shop.get("service", "web").at("/spec/ports/0/port").asInt()).isEqualTo(80);
      assertThat(shop.get("hpa", "web").at("/spec/maxReplicas").asInt()).isEqualTo(5);
    }
  }

  /** The dry run has the object mutated once more, which makes another one of it. */
  @Test
  void aMutationThatAddsSomethingEachTimeIsNoReasonToRefuse() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String adding = TestNamespace.file(ADDS_A_CONTAINER.formatted(shop.name()));
      TestNamespace.kubectlAnywhere("create", "-f", adding).succeeds();
      try {
        Awaitility.await()
            .untilAsserted(
                () ->
                    assertThat(
                            shop.kubectl(
                                    "create",
                                    "deployment",
                                    "web",
                                    "--image=example/shop:1",
                                    "--dry-run=server",
                                    "--output=yaml")
                                .succeeds()
                                .out())
                        .contains("name: sidecar"));
        shop.kubectl("create", "deployment", "web", "--image=example/shop:1").succeeds();
        assertThat(shop.get("deployment", "web").at("/spec/template/spec/containers")).hasSize(2);
      } finally {
        TestNamespace.kubectlAnywhere("delete", "--wait=false", "-f", adding).succeeds();
      }
    }
  }

  @Test
  void whatIsToBeGivenANameIsNamedByWhatThatBeginsWith() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String nameless = HPA.formatted(-10).replace("{name: web,", "{generateName: web-,");
      assertThat(shop.kubectl("create", "-f", TestNamespace.file(nameless)).fails())
          .contains("HorizontalPodAutoscaler/web-* of release shop is refused");
      assertThat(shop.release("shop").at("/status/refusals/0/object").asText())
          .isEqualTo("HorizontalPodAutoscaler/web-*");
    }
  }

  @Test
  void whoEditsReadsTheReasonAndKeepsTheText() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(HPA.formatted(80));
      String said =
          shop.kubectl(
                  Map.of(
                      "KUBE_EDITOR", "sed -i 's/averageUtilization: 80/averageUtilization: -10/'"),
                  "edit",
                  "hpa",
                  "web")
              .fails();
      assertThat(said)
          .contains("HorizontalPodAutoscaler/web of release shop is refused")
          .contains("averageUtilization is -10")
          .contains("You can run `kubectl replace -f");
    }
  }

  @Test
  void goodWritesOfAllKindsPassWithoutAWord() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      for (String verb :
          new String[] {"apply", "apply --server-side --force-conflicts", "replace"}) {
        assertThat(
                shop.kubectl(words(verb, "-f", TestNamespace.file(HPA.formatted(80))))
                    .succeeds()
                    .err())
            .doesNotContain("Belay");
      }
      shop.kubectl("create", "deployment", "web", "--image=example/shop:1").succeeds();
      shop.kubectl("set", "image", "deployment/web", "shop=example/shop:2").succeeds();
      shop.kubectl("scale", "deployment", "web", "--replicas=3").succeeds();
      shop.kubectl("rollout", "restart", "deployment", "web").succeeds();
      shop.kubectl("label", "deployment", "web", "a=b").succeeds();
      shop.kubectl("create", "configmap", "settings", "--from-literal=a=b").succeeds();
      shop.kubectl("delete", "deployment", "web").succeeds();
      assertThat(
              shop.kubectl("get", "releases", "-o", "jsonpath={.items[*].status.refusals}")
                  .succeeds()
                  .out())
          .isEmpty();
    }
  }

  @Test
  void aDryRunIsAnsweredAndNotPutDown() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      assertThat(
              shop.kubectl(
                      "apply", "--dry-run=server", "-f", TestNamespace.file(HPA.formatted(-10)))
                  .fails())
          .contains("is refused");
      shop.kubectl("apply", "--dry-run=server", "-f", TestNamespace.file(HPA.formatted(80)))
          .succeeds();
      assertThat(shop.kubectl("get", "releases", "-o", "name").succeeds().out()).isEmpty();
    }
  }

  @Test
  void whoOnlyObservesIsWarnedAndReadsTheApiServersOwnRefusal() {
    try (TestNamespace shop = TestNamespace.unlabelled().mode("observe")) {
      String said = shop.kubectl("apply", "-f", TestNamespace.file(HPA.formatted(-10))).fails();
      assertThat(said)
          .contains("Warning: Belay would refuse this: HorizontalPodAutoscaler/web")
          .contains("must be greater than 0");
      assertThat(shop.release("shop").at("/status/refusals/0/enforced").asBoolean(true)).isFalse();
    }
  }

  @Test
  void aPolicyThatOnlyLetsTheCallerThroughIsAskedAsTheCaller() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String policy =
          """
          apiVersion: admissionregistration.k8s.io/v1
          kind: ValidatingAdmissionPolicy
          metadata: {name: %1$s}
          spec:
            matchConstraints:
              resourceRules: [{apiGroups: [autoscaling], apiVersions: ['*'], operations: [CREATE, UPDATE], resources: [horizontalpodautoscalers]}]
            validations: [{expression: '!request.userInfo.username.contains("belay")', message: not for belay}]
          ---
          apiVersion: admissionregistration.k8s.io/v1
          kind: ValidatingAdmissionPolicyBinding
          metadata: {name: %1$s}
          spec:
            policyName: %1$s
            validationActions: [Deny]
            matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}}
          """
              .formatted(shop.name());
      TestNamespace.kubectlAnywhere("apply", "-f", TestNamespace.file(policy)).succeeds();
      try {
        shop.kubectl("apply", "-f", TestNamespace.file(HPA.formatted(80))).succeeds();
      } finally {
        TestNamespace.kubectlAnywhere("delete", "-f", TestNamespace.file(policy)).succeeds();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"apply", "apply --server-side"})
  void whoMayPatchAndNotReplaceIsRefusedAndItIsPutDown(String verb) {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.kubectl(
              "create",
              "role",
              "patcher",
              "--verb=get,list,watch,create,patch",
              "--resource=horizontalpodautoscalers.autoscaling,services")
          .succeeds();
      shop.kubectl("create", "rolebinding", "patcher", "--role=patcher", "--user=patcher")
          .succeeds();
      String hpa = HPA.formatted(80);
      patch(shop, verb, hpa).succeeds();
      patch(shop, verb, SERVICE.formatted(80)).succeeds();
      // No rule knows either of these, and the first changes metadata alone.
      String label = hpa.replace("app: shop}", "app: shop, a: 'b c'}");
      assertThat(patch(shop, verb, label).fails())
          .contains("early.belay.dev", "HorizontalPodAutoscaler/web of release shop is refused")
          .contains("metadata.labels");
      assertThat(patch(shop, verb, SERVICE.formatted(70000)).fails())
          .contains("early.belay.dev", "Service/web of release shop is refused")
          .contains("spec.ports[0].port");
      JsonNode refusals = shop.release("shop").at("/status/refusals");
      assertThat(refusals.findValuesAsText("object"))
          .containsExactlyInAnyOrder("HorizontalPodAutoscaler/web", "Service/web");
      assertThat(refusals.findValuesAsText("user")).containsOnly("patcher");
      patch(shop, verb, hpa.replace(": 5", ": 6")).succeeds();
      assertThat(shop.kubectl("replace", "--as", "patcher", "-f", TestNamespace.file(hpa)).fails())
          .contains("cannot update resource");
    }
  }

  private static Command patch(TestNamespace shop, String verb, String object) {
    return shop.kubectl(words(verb, "--as", "patcher", "-f", TestNamespace.file(object)));
  }

  @Test
  void theSameBadUpgradeIsRefusedTheSecondTimeUntilSomebodyWantsItTriedAgain() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      String crash = "image.name=example/shop-crashes";
      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", crash).succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");

      assertThat(
              shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", crash).fails())
          .contains("this upgrade is the one that failed as Helm revision 2")
          .contains("cannot connect to db")
          .contains("belay.dev/retry=");
      assertThat(
              shop.kubectl("set", "image", "deployment/web", "web=example/shop-crashes:1.0")
                  .fails())
          .contains("this change of Deployment/web is the one that failed");
      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", "greeting=Hi")
          .succeeds();
      shop.awaitStable("shop", 4);

      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", crash).succeeds();
      shop.await("shop", status -> status.path("knownBad").path("helmRevision").asInt() == 5);
      shop.awaitCondition("shop", "RolledBack", "True");
      shop.kubectl("annotate", "release", "shop", "belay.dev/retry=1").succeeds();
      shop.helm(Helm.HELM_4, "upgrade", "shop", TestNamespace.SHOP, "--set", crash).succeeds();
      shop.await("shop", status -> status.path("knownBad").path("failures").asInt() == 2);
    }
  }

  private static String[] words(String verb, String... more) {
    String[] first = verb.split(" ");
    String[] all = java.util.Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }
}
