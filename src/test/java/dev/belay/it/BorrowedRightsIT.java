package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionSecrets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Belay may do more than those who ask it to. Whoever may only edit one namespace gets nothing
 * beyond that through Belay; and a release that is installed in several is still restored in all.
 */
class BorrowedRightsIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String GOLD = "not-for-editors-of-shop";
  private static final String EDITOR =
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: RoleBinding
      metadata: {name: editor}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
      subjects: [{kind: User, name: mallory, apiGroup: rbac.authorization.k8s.io}]
      """;

  @Test
  void aForgedRecordReadsNothingOfAnotherNamespace() throws Exception {
    try (TestNamespace victim = TestNamespace.unlabelled();
        TestNamespace shop = withEditor()) {
      gold(victim);
      create(shop, record(shop.name(), shop, victim));
      shop.awaitStable("evil", 1);
      for (KubeObject secret : revisions(shop)) {
        assertThat(content(secret))
            .contains("own")
            .doesNotContain("gold")
            .doesNotContain(b64(GOLD));
      }
      String release = shop.release("evil").toString();
      assertThat(release).doesNotContain(GOLD).doesNotContain(b64(GOLD));
      assertThat(shop.release("evil").at("/status/notCovered/0").asText())
          .startsWith("Secret/gold in namespace %s: it is not marked".formatted(victim.name()))
          .contains("meta.helm.sh/release-name=evil");
      rollbackTo(shop, 1);
      shop.awaitStable("evil", 2);
      assertThat(victim.kubectl("get", "secrets").out()).contains("gold").doesNotContain("helm");
    }
  }

  /** What it names without a namespace would be looked for where its author may write. */
  @Test
  void aRecordThatSaysItIsOfAnotherNamespaceIsNotFollowed() throws Exception {
    try (TestNamespace victim = TestNamespace.unlabelled();
        TestNamespace shop = withEditor()) {
      gold(victim);
      create(shop, record(victim.name(), shop, victim));
      String said =
          "it is kept in namespace %s, and its release is in namespace %s"
              .formatted(shop.name(), victim.name());
      Awaitility.await(said)
          .atMost(TestNamespace.PATIENCE)
          .until(() -> !BelayProcess.logged(said).isEmpty());
      assertThat(shop.kubectl("get", "releases").succeeds().out()).isEmpty();
    }
  }

  @Test
  void aForgedRevisionIsNeverRestored() throws Exception {
    try (TestNamespace victim = TestNamespace.unlabelled();
        TestNamespace shop = withEditor()) {
      gold(victim);
      create(shop, record(shop.name(), shop, victim));
      shop.awaitStable("evil", 1);
      String version = version(victim);
      // One that Belay has never heard of.
      create(shop, forged(shop, victim, 9));
      rollbackTo(shop, 9);
      awaitSaid(shop, "Secret belay.revision.evil.v9.1 is none that Belay has stored");
      // And one in the place of its own.
      as(shop, "delete", "secret", "belay.revision.evil.v1.1").succeeds();
      create(shop, forged(shop, victim, 1));
      rollbackTo(shop, 1);
      awaitSaid(shop, "Secret belay.revision.evil.v1.1 does not hold what Belay stored");
      assertThat(version(victim)).isEqualTo(version);
      assertThat(shop.release("evil").path("status").has("rollback")).isFalse();
    }
  }

  @Test
  void aStableRevisionOfABelayThatKeptNoListIsStillRestored() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", TestNamespace.SHOP).succeeds();
      shop.awaitStable("shop", 1);
      String none = "{\"status\": {\"history\": null}}";
      shop.kubectl("patch", "release", "shop", "--subresource=status", "--type=merge", "-p", none)
          .succeeds();
      shop.helm(
              Helm.HELM_4,
              "upgrade",
              "shop",
              TestNamespace.SHOP,
              "--set",
              "image.name=example/shop-crashes")
          .succeeds();
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(shop.release("shop").at("/status/history/0/digest").asText())
          .startsWith("sha256:");
    }
  }

  @Test
  void aReleaseInTwoNamespacesIsRestoredInBoth() {
    String chart =
        Chart.of(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: there, namespace: {{ .Values.other }}}
            data: {a: {{ .Values.a }}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: only-{{ .Values.a }}, namespace: {{ .Values.other }}}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: {{ .Values.other }}}
            rules: [{apiGroups: [""], resources: [configmaps], resourceNames: [{{ .Values.a }}], verbs: [get]}]
            ---
            """
                + Workloads.deployment("example/{{ .Values.image }}"));
    try (TestNamespace other = TestNamespace.unlabelled();
        TestNamespace shop = TestNamespace.enforced()) {
      helm(shop, "install", chart, other, "a=first,image=shop:1");
      shop.awaitStable("shop", 1);
      assertThat(shop.release("shop").path("status").has("notCovered")).isFalse();
      helm(shop, "upgrade", chart, other, "a=second,image=shop-crashes:2");
      shop.awaitCondition("shop", "RolledBack", "True");
      assertThat(other.get("configmap", "there").at("/data/a").asText()).isEqualTo("first");
      assertThat(other.exists("configmap", "only-first")).isTrue();
      assertThat(other.exists("configmap", "only-second")).isFalse();
      assertThat(other.get("clusterrole", other.name()).at("/rules/0/resourceNames/0").asText())
          .isEqualTo("first");
      other.kubectl("delete", "clusterrole", other.name()).succeeds();
    }
  }

  @Test
  void aKindThatBelayMayNotReadHoldsNothingUpAndOneThatItMayNotWriteIsNamed() {
    String group = "rights-%d.example.com".formatted(ProcessHandle.current().pid());
    String chart =
        Chart.of(
            """
            apiVersion: %s/v1
            kind: Gizmo
            metadata: {name: g}
            spec: {size: {{ .Values.size }}}
            ---
            """
                    .formatted(group)
                + Workloads.deployment("example/{{ .Values.image }}"));
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.apply(definition(group));
      TestNamespace.awaitEstablished("gizmos." + group);
      try {
        shop.helm(Helm.HELM_4, "install", "shop", chart, "--set", "size=1,image=shop:1").succeeds();
        shop.awaitStable("shop", 1);
        assertThat(shop.release("shop").at("/status/notCovered/0").asText())
            .startsWith("Gizmo/g: Belay has no right to read it")
            .contains("belay.dev/aggregate-to-belay=true");
        shop.helm(Helm.HELM_4, "upgrade", "shop", chart, "--set", "size=2,image=shop-crashes:2")
            .succeeds();
        shop.awaitCondition("shop", "RolledBack", "True");
        assertThat(shop.get("gizmos." + group, "g").at("/spec/size").asInt()).isEqualTo(2);

        // Whoever writes it may read it, and so it is asked about for them.
        for (Helm helm : Helm.values()) {
          String[] invalid = {"upgrade", "shop", chart, "--set", "size=-1,image=shop:2"};
          assertThat(shop.helm(helm, invalid).fails())
              .contains("so nothing of it was applied: Gizmo/g: spec.size: ")
              .contains("should be greater than or equal to 0");
        }

        shop.apply(mayRead(group));
        Awaitility.await("the right to read")
            .until(
                () ->
                    shop.kubectl(
                                "auth",
                                "can-i",
                                "get",
                                "gizmos." + group,
                                "--as=system:serviceaccount:belay-system:belay")
                            .code()
                        == 0);
        shop.helm(Helm.HELM_4, "upgrade", "shop", chart, "--set", "size=3,image=shop:3").succeeds();
        shop.await(
            "shop",
            status -> status.at("/stable/revision").asInt() == 2 && !status.has("notCovered"));
        shop.kubectl("annotate", "release", "shop", "belay.dev/timeout=15s").succeeds();
        shop.helm(Helm.HELM_4, "upgrade", "shop", chart, "--set", "size=4,image=shop-crashes:4")
            .succeeds();
        // Until then whoever can may grant it.
        shop.await(
            "shop",
            status ->
                TestNamespace.message(status)
                    .startsWith("restored as far as it can be by now; tried again: Gizmo/g: "));
        shop.await("shop", status -> TestNamespace.reason(status).equals("RollbackFailed"));
        assertThat(TestNamespace.message(shop.release("shop").path("status")))
            .contains("could not restore Gizmo/g")
            .contains("belay.dev/aggregate-to-belay=true");
        assertThat(shop.get("deployment", "web").toString()).contains("example/shop:3");
      } finally {
        shop.kubectl("delete", "clusterrole", "gizmos." + group, "--ignore-not-found").succeeds();
        shop.kubectl("delete", "crd", "gizmos." + group).succeeds();
      }
    }
  }

  @Test
  void aRoleThatAllowsMoreThanBelayMayIsToldInOneSentence() {
    String chart =
        Chart.of(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: operator}
            rules: [{apiGroups: [{{ .Values.group }}], resources: ["*"], verbs: ["*"]}]
            ---
            """
                + Workloads.deployment("example/{{ .Values.image }}"));
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "shop", chart, "--set", "group=a.b,image=shop:1")
          .succeeds();
      shop.awaitStable("shop", 1);
      shop.kubectl("annotate", "release", "shop", "belay.dev/timeout=15s").succeeds();
      shop.helm(Helm.HELM_4, "upgrade", "shop", chart, "--set", "group=c.d,image=shop-crashes:2")
          .succeeds();
      shop.await("shop", status -> TestNamespace.reason(status).equals("RollbackFailed"));
      assertThat(TestNamespace.message(shop.release("shop").path("status")))
          .contains("could not restore Role/operator: it allows more than Belay may do itself")
          .endsWith("rbac.restoreAnyRole to true");
    }
  }

  private static TestNamespace withEditor() {
    TestNamespace shop = TestNamespace.enforced();
    shop.apply(EDITOR);
    shop.kubectl("create", "configmap", "own").succeeds();
    return shop;
  }

  private static void gold(TestNamespace victim) {
    victim.kubectl("create", "secret", "generic", "gold", "--from-literal=a=" + GOLD).succeeds();
    assertThat(as(victim, "get", "secret", "gold").fails()).contains("forbidden");
  }

  private static Command as(TestNamespace namespace, String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.add("--as=mallory");
    return namespace.kubectl(Map.of(), all.toArray(String[]::new));
  }

  private static void create(TestNamespace shop, KubeObject object) {
    as(shop, "create", "-f", TestNamespace.file(object.json().toString())).succeeds();
  }

  /**
   * A record that is deployed already, so that no pre-flight asks who may do what.
   *
   * @param namespace where it says that its release is
   * @param shop where it is kept
   * @param victim where it names an object
   */
  private static KubeObject record(String namespace, TestNamespace shop, TestNamespace victim)
      throws Exception {
    ObjectNode json =
        (ObjectNode)
            JSON.readTree(
                """
                {"name": "evil", "namespace": "%s", "version": 1, "chart": {"metadata": {}},
                 "info": {"status": "deployed", "first_deployed": "2026-01-01T00:00:00Z"}}
                """
                    .formatted(namespace));
    json.put(
        "manifest",
        """
        {apiVersion: v1, kind: ConfigMap, metadata: {name: own}}
        ---
        {apiVersion: v1, kind: Secret, metadata: {name: gold, namespace: %s}}
        """
            .formatted(victim.name()));
    KubeObject stored =
        HelmStorage.created("Secret", new HelmRecord(json), Map.of(), Instant.now());
    stored.json().withObjectProperty("metadata").put("namespace", shop.name());
    return stored;
  }

  private static KubeObject forged(TestNamespace shop, TestNamespace victim, int number)
      throws Exception {
    KubeObject gold =
        KubeObject.of(
            JSON.readTree(
                """
                {"apiVersion": "v1", "kind": "Secret", "data": {"a": "bWluZQ=="},
                 "metadata": {"name": "gold", "namespace": "%s", "annotations": {
                  "meta.helm.sh/release-name": "evil", "meta.helm.sh/release-namespace": "%s"}}}
                """
                    .formatted(victim.name(), shop.name())));
    return RevisionSecrets.write(
            new Revision(
                shop.name(),
                "evil",
                number,
                1,
                "2026-01-01T00:00:00Z",
                Instant.now(),
                List.of(gold)))
        .getFirst();
  }

  private static void rollbackTo(TestNamespace shop, int revision) {
    as(shop, "annotate", "release", "evil", "belay.dev/rollback-to=" + revision).succeeds();
  }

  private static void awaitSaid(TestNamespace shop, String message) {
    Awaitility.await(message)
        .atMost(TestNamespace.PATIENCE)
        .until(() -> shop.kubectl("describe", "release", "evil").out().contains(message));
  }

  private static String version(TestNamespace victim) {
    return victim.get("secret", "gold").at("/metadata/resourceVersion").asText();
  }

  private static List<KubeObject> revisions(TestNamespace shop) throws Exception {
    List<KubeObject> secrets = new ArrayList<>();
    String all = as(shop, "get", "secrets", "-l", "belay.dev/release=evil", "-o", "json").out();
    JSON.readTree(all).path("items").forEach(item -> secrets.add(KubeObject.of(item)));
    assertThat(secrets).isNotEmpty();
    return secrets;
  }

  private static String content(KubeObject secret) throws Exception {
    byte[] zipped = Base64.getDecoder().decode(secret.text("", "data", "revision"));
    try (var in = new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(zipped))) {
      return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private static String b64(String text) {
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void helm(
      TestNamespace shop, String verb, String chart, TestNamespace other, String values) {
    shop.helm(Helm.HELM_4, verb, "shop", chart, "--set", values + ",other=" + other.name())
        .succeeds();
  }

  private static String definition(String group) {
    return Workloads.definition(
        group, "Gizmo", "spec: {type: object, properties: {size: {type: integer, minimum: 0}}}");
  }

  private static String mayRead(String group) {
    return """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: gizmos.%1$s, labels: {belay.dev/aggregate-to-belay: "true"}}
        rules: [{apiGroups: [%1$s], resources: [gizmos], verbs: [get]}]
        """
        .formatted(group);
  }
}
