package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Which release an object is in, where what it says of itself is not all there is to know. */
class MarksIT {

  private static final String INSTANCE = "app.kubernetes.io/instance=r";

  @Test
  void aLabelAlonePullsNoWorkloadIntoAReleaseOfHelm() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "r", TestNamespace.SHOP).succeeds();
      shop.awaitStable("r", 1);
      shop.apply(Workloads.deployment("example/shop:1").replace("web", "victim"));
      awaitRevision(shop, "victim", 1);

      shop.kubectl("label", "deployment", "victim", INSTANCE).succeeds();
      awaitRevision(shop, "victim", 2);
      shop.kubectl("set", "image", "deployment/victim", "victim=example/shop-crashes:2").succeeds();
      shop.awaitCondition("victim", "RolledBack", "True");

      JsonNode victim = shop.get("deployment", "victim");
      assertThat(victim.at("/metadata/labels").toString()).contains("instance\":\"r\"");
      assertThat(victim.toString()).contains("example/shop:1");
      assertThat(shop.release("victim").at("/status/failure/sentBy").asText())
          .isEqualTo("kwok-admin");
      assertThat(
              shop.kubectl("set", "image", "deployment/victim", "victim=example/shop-crashes:2")
                  .fails())
          .contains("this change of Deployment/victim is the one that failed");
      assertThat(shop.release("r").at("/status/stable/revision").asInt()).isEqualTo(1);
      assertThat(shop.release("r").at("/status/sent/client").asText()).doesNotContain("kubectl");
    }
  }

  @Test
  void aNewWorkloadWithTheLabelOfAReleaseOfHelmIsAReleaseOfItsOwn() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_3, "install", "r", TestNamespace.SHOP).succeeds();
      shop.awaitStable("r", 1);
      shop.apply(
          Workloads.deployment("example/shop:1")
              .replace("web", "extra")
              .replace("{name: extra}\nspec", "{name: extra, labels: {app: r}}\nspec"));
      awaitRevision(shop, "extra", 1);

      assertThat(
              shop.kubectl("patch", "deployment", "extra", "-p", "{\"spec\":{\"replicas\":-1}}")
                  .fails())
          .contains("replicas");
      shop.await("extra", status -> status.path("refusals").size() == 1);
      assertThat(shop.release("r").at("/status").has("refusals")).isFalse();

      shop.helm(Helm.HELM_3, "upgrade", "r", TestNamespace.SHOP, "--set", "image.tag=2.0")
          .succeeds();
      shop.awaitStable("r", 2);
      shop.kubectl("set", "image", "deployment/extra", "extra=example/shop-crashes:2").succeeds();
      shop.awaitCondition("extra", "RolledBack", "True");
      assertThat(shop.kubectl("get", "releases", "-o", "name").out().lines()).hasSize(2);
      assertThat(shop.release("r").at("/status/stable/revision").asInt()).isEqualTo(2);
    }
  }

  @Test
  void whatHelmHasInstalledStaysItsOwnWhereItsMarksAreTakenAway() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "r", TestNamespace.SHOP).succeeds();
      shop.awaitStable("r", 1);
      shop.apply(Workloads.deployment("example/shop:1").replace("web", "other"));
      awaitRevision(shop, "other", 1);

      shop.kubectl("label", "deployment", "web", "app.kubernetes.io/managed-by-").succeeds();
      shop.kubectl(
              "annotate",
              "deployment",
              "web",
              "meta.helm.sh/release-name-",
              "meta.helm.sh/release-namespace-")
          .succeeds();
      // What is only taken away leaves no trace in the managers; this does. No hint tells of it: it
      // is found by the next list, a minute later at the latest.
      shop.kubectl("set", "image", "deployment/web", "web=example/shop:2").succeeds();
      Awaitility.await("revision 2 of r")
          .atMost(TestNamespace.PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> shop.release("r").at("/status/stable/revision").asInt() >= 2);
      shop.kubectl("set", "image", "deployment/other", "other=example/shop:2").succeeds();
      awaitRevision(shop, "other", 2);
      assertThat(shop.kubectl("get", "releases", "-o", "name").out().lines())
          .containsExactlyInAnyOrder("release.belay.dev/other", "release.belay.dev/r");
    }
  }

  @Test
  void anApplySetIsOneReleaseWithTheNameThatItsUsersGaveIt() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      assertThat(applySet(shop, set("example/shop:1", "Welcome", "old")).err()).isEmpty();
      awaitRevision(shop, "my-set", 1);
      assertThat(shop.kubectl("get", "releases", "-o", "name").out().lines())
          .containsExactly("release.belay.dev/my-set");
      assertThat(shop.get("deployment", "api").at("/metadata/labels").toString())
          .as("an id of a real ApplySet, which is no name")
          .containsPattern("applyset-[A-Za-z0-9_-]{43}-v1");
      Map<String, KubeObject> before = members(shop);
      assertThat(before)
          .containsKeys("Deployment/api", "Deployment/web", "ConfigMap/old", "Secret/my-set");

      String bad = set("example/shop-crashes:2", "Broken", "new");
      applySet(shop, bad).succeeds();
      assertThat(shop.exists("configmap", "old")).as("kubectl has pruned it").isFalse();
      shop.awaitCondition("my-set", "RolledBack", "True");
      Sameness.assertSame(before, members(shop));
      assertThat(shop.release("my-set").at("/status/failure/sentBy").asText())
          .isEqualTo("kwok-admin");
      assertThat(applySet(shop, bad).fails())
          .contains("this change of Deployment/web is the one that failed");

      Awaitility.await()
          .atMost(TestNamespace.PATIENCE)
          .until(() -> applySet(shop, set("example/shop:3", "Hi", "new")).code() == 0);
      awaitRevision(shop, "my-set", 2);
      assertThat(shop.exists("configmap", "old")).isFalse();
      assertThat(shop.get("configmap", "new").at("/data/GREETING").asText()).isEqualTo("Hi");
    }
  }

  /** It may be a migration that takes longer than anything has to become ready. */
  @Test
  void aHookOfArgoCdIsNeitherWaitedForNorDeleted() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      argo(shop, Workloads.deployment("example/shop:1"));
      awaitRevision(shop, "guest", 1);
      String hook =
          """
          apiVersion: batch/v1
          kind: Job
          metadata: {name: migration, annotations: {argocd.argoproj.io/hook: PreSync}}
          spec:
            template:
              spec: {restartPolicy: Never, containers: [{name: m, image: a/never-ready}]}
          """;
      argo(shop, hook + "---\n" + Workloads.deployment("example/shop-crashes:2"));
      shop.awaitCondition("guest", "RolledBack", "True");
      assertThat(shop.get("deployment", "web").toString()).contains("example/shop:1");
      assertThat(shop.exists("job", "migration")).as("it runs").isTrue();

      argo(shop, Workloads.deployment("example/shop:3"));
      awaitRevision(shop, "guest", 2);
      assertThat(shop.exists("job", "migration")).as("it runs still").isTrue();
    }
  }

  /** As Argo CD writes; it marks hooks as it marks all else. */
  private static void argo(TestNamespace shop, String manifest) {
    shop.kubectl(
            "apply",
            "--server-side",
            "--force-conflicts",
            "--field-manager=argocd-controller",
            "-f",
            TestNamespace.file(marked(shop, manifest)))
        .succeeds();
  }

  private static String marked(TestNamespace shop, String manifest) {
    String id = "argocd.argoproj.io/tracking-id: 'guest:%s:" + shop.name() + "/%s'";
    return manifest
        .replace(
            "{name: migration, annotations: {",
            "{name: migration, annotations: {%s, "
                .formatted(id.formatted("batch/Job", "migration")))
        .replace(
            "metadata: {name: web}",
            "metadata: {name: web, annotations: {%s}}"
                .formatted(id.formatted("apps/Deployment", "web")));
  }

  @Test
  void anAppOfKappIsOneReleaseWithTheNameThatItsUsersGaveIt() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      // As kapp does: first what it keeps of the app, which it writes again before and after each
      // deployment, then the objects, with the number in it.
      shop.apply(kept("null"));
      kapp(shop, app("example/shop:1", "Welcome")).succeeds();
      awaitRevision(shop, "my-app", 1);
      Map<String, KubeObject> before = members(shop);
      before.remove("ConfigMap/my-app");

      shop.apply(kept("false"));
      kapp(shop, app("example/shop-crashes:2", "Broken")).succeeds();
      shop.awaitCondition("my-app", "RolledBack", "True");
      Map<String, KubeObject> after = members(shop);
      assertThat(after.remove("ConfigMap/my-app").toString())
          .as("what kapp keeps is no part of the app")
          .contains("\\\"successful\\\":false");
      Sameness.assertSame(before, after);
      assertThat(shop.release("my-app").at("/status/client").asText()).isEqualTo("kapp");
      assertThat(kapp(shop, app("example/shop-crashes:2", "Broken")).fails())
          .contains("this change of Deployment/web is the one that failed");
      assertThat(shop.kubectl("get", "releases", "-o", "name").out().lines())
          .containsExactly("release.belay.dev/my-app");
    }
  }

  private static Command kapp(TestNamespace shop, String manifest) {
    return shop.kubectl("apply", "--field-manager=kapp", "-f", TestNamespace.file(manifest));
  }

  /** What kapp keeps of the app. */
  private static String kept(String successful) {
    return """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: my-app, labels: {kapp.k14s.io/is-app: ""}}
        data:
          spec: '{"labelKey":"kapp.k14s.io/app","labelValue":"1700000000000000000","lastChange":{"successful":%s}}'
        """
        .formatted(successful);
  }

  private static String app(String image, String greeting) {
    String label = "labels: {kapp.k14s.io/app: '1700000000000000000'}";
    return String.join(
        "---\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: words, %s}\ndata: {GREETING: '%s'}\n"
            .formatted(label, greeting),
        Workloads.deployment(image)
            .replace("{name: web}\nspec", "{name: web, %s}\nspec".formatted(label)));
  }

  private static Command applySet(TestNamespace shop, String manifest) {
    return shop.kubectl(
        Map.of("KUBECTL_APPLYSET", "true"),
        "apply",
        "--prune",
        "--applyset=my-set",
        "-f",
        TestNamespace.file(manifest));
  }

  /** Two workloads, and a ConfigMap that none of them refers to. */
  private static String set(String image, String greeting, String configMap) {
    return String.join(
        "---\n",
        Workloads.deployment("example/shop:1").replace("web", "api"),
        Workloads.deployment(image),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {GREETING: '%s'}\n"
            .formatted(configMap, greeting));
  }

  private static Map<String, KubeObject> members(TestNamespace shop) {
    Map<String, KubeObject> objects = shop.objects("deployments,configmaps,secrets");
    objects
        .keySet()
        .removeIf(name -> name.endsWith("/kube-root-ca.crt") || name.contains("/belay.revision"));
    return objects;
  }

  private static void awaitRevision(TestNamespace shop, String release, int revision) {
    shop.await(
        release,
        status ->
            status.at("/stable/revision").asInt() == revision
                && TestNamespace.condition(status, "Released").equals("True"));
  }
}
