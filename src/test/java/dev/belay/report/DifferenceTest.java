package dev.belay.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import dev.belay.manifest.ObjectKey;
import dev.belay.masking.Masking;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DifferenceTest {

  private static final Masking NONE = Masking.ofNone();

  private static final String WEB =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web}
      spec:
        template:
          spec:
            containers:
            - name: web
              image: web:1
              ports: [{containerPort: 80}, {containerPort: 443}]
              env: [{name: MODE, value: fast}, {name: DB_PASSWORD, value: hunter2}]
              volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /b, readOnly: true}]
      """;

  @Test
  void namesTheContainerWhoseImageChanged() throws Exception {
    assertThat(between(WEB, WEB.replace("web:1", "web:2")))
        .containsExactly("spec.template.spec.containers[web].image: web:1 → web:2");
  }

  @Test
  void matchesListElementsByTheirKeyAndNotByTheirPlace() throws Exception {
    String sidecarFirst =
        WEB.replace("      containers:\n", "      containers:\n      - {name: log, image: log:1}\n")
            .replace("{containerPort: 80}, ", "")
            .replace("readOnly: true", "readOnly: false");

    assertThat(between(WEB, sidecarFirst))
        .containsExactlyInAnyOrder(
            "spec.template.spec.containers[log]: (absent) → {\"name\":\"log\",\"image\":\"log:1\"}",
            "spec.template.spec.containers[web].ports[80]: {\"containerPort\":80} → (absent)",
            "spec.template.spec.containers[web].volumeMounts[/b].readOnly: true → false");
  }

  @Test
  void tellsThatOnlyTheOrderChanged() throws Exception {
    String swapped =
        WEB.replace(
            "{containerPort: 80}, {containerPort: 443}",
            "{containerPort: 443}, {containerPort: 80}");
    assertThat(between(WEB, swapped))
        .containsExactly(
            "spec.template.spec.containers[web].ports: in the order 80, 443 → in the order 443, 80");
  }

  @Test
  void matchesByIndexWhereNoKeyTellsTheElementsApart() throws Exception {
    assertThat(
            between(
                "apiVersion: v1\nkind: X\nrules: [{a: 1}, {a: 2}]",
                "apiVersion: v1\nkind: X\nrules: [{a: 1}, {a: 3}]"))
        .containsExactly("rules[1].a: 2 → 3");
  }

  @Test
  void leavesOutWhatTheServerOwns() throws Exception {
    String stable = "apiVersion: v1\nkind: X\nmetadata: {name: x}\n";
    String failed =
        """
        apiVersion: v1
        kind: X
        metadata:
          name: x
          uid: u
          resourceVersion: "7"
          generation: 2
          creationTimestamp: "2026-01-01T12:00:00Z"
          selfLink: /x
          managedFields: [{manager: helm}]
          annotations:
            deployment.kubernetes.io/revision: "2"
            kubectl.kubernetes.io/last-applied-configuration: "{}"
            team: blue
        status: {replicas: 1}
        """;
    assertThat(between(stable.replace("{name: x}", "{name: x, annotations: {}}"), failed))
        .containsExactly("metadata.annotations.team: (absent) → blue");
  }

  @Test
  void leavesOutWhatTheServerOwnsOfAnnotationsThatAreNew() throws Exception {
    String stable = "apiVersion: v1\nkind: X\nmetadata: {name: x}\n";
    String failed =
        "apiVersion: v1\nkind: X\nmetadata: {name: x, annotations: {"
            + "kubectl.kubernetes.io/last-applied-configuration: '{\"password\":1}'}}\n";
    assertThat(between(stable, failed)).isEmpty();
  }

  @Test
  void masksSecretsButTellsThatTheyChanged() throws Exception {
    String stable = "apiVersion: v1\nkind: Secret\ndata: {a: b25l, b: dHdv, d: c2FtZQ==}\n";
    String failed = "apiVersion: v1\nkind: Secret\ndata: {a: dGhyZWU=, c: Zm91cg==, d: c2FtZQ==}\n";
    assertThat(between(stable, failed))
        .containsExactly(
            "data.a: (masked) → (masked)",
            "data.b: (masked) → (absent)",
            "data.c: (absent) → (masked)");
  }

  @Test
  void masksASecretWhoseDataIsNew() throws Exception {
    assertThat(
            between(
                "apiVersion: v1\nkind: Secret",
                "apiVersion: v1\nkind: Secret\nstringData: {a: hunter2}"))
        .containsExactly("stringData.a: (absent) → (masked)");
  }

  @Test
  void masksEnvironmentVariablesThatSmellOfASecret() throws Exception {
    assertThat(between(WEB, WEB.replace("hunter2", "hunter3").replace("fast", "slow")))
        .containsExactly(
            "spec.template.spec.containers[web].env[MODE].value: fast → slow",
            "spec.template.spec.containers[web].env[DB_PASSWORD].value: (masked) → (masked)");
    String without = WEB.replace(", {name: DB_PASSWORD, value: hunter2}", "");
    assertThat(between(without, WEB))
        .containsExactly(
            "spec.template.spec.containers[web].env[DB_PASSWORD]: (absent) →"
                + " {\"name\":\"DB_PASSWORD\",\"value\":\"(masked)\"}");
  }

  @Test
  void masksSecretsInOptionsUrlsAndConfiguration() throws Exception {
    String config = "apiVersion: v1\nkind: ConfigMap\ndata:\n  app.ini: '%s'\n  api-token: %s\n";
    assertThat(
            between(
                config.formatted("db.password = hunter2, host = a", "abc"),
                config.formatted("url=postgres://me:hunter3@db/x", "def")))
        .containsExactly(
            "data[app.ini]: db.password = (masked), host = a → url=postgres://me:(masked)@db/x",
            "data.api-token: (masked) → (masked)");
    assertThat(
            between(
                "apiVersion: v1\nkind: X\nargs: [run]",
                "apiVersion: v1\nkind: X\nargs: [run, --token=a1b2, --db-password, hunter2, -v]"))
        .containsExactly(
            "args: [\"run\"] → [\"run\",\"--token=(masked)\",\"--db-password\",\"(masked)\",\"-v\"]");
  }

  @Test
  void showsLongTextWhereItDiffersAndBounded() throws Exception {
    String config = "apiVersion: v1\nkind: ConfigMap\ndata:\n  conf: \"%s\"\n";
    List<FieldChange> changes =
        changes(
            config.formatted("x".repeat(500) + "\\nlevel: info\\n" + "y".repeat(500)),
            config.formatted("x".repeat(500) + "\\nlevel: debug\\n" + "y".repeat(500)),
            10);
    assertThat(changes).hasSize(1);
    assertThat(changes.getFirst().before()).startsWith("…level: info\n").hasSize(200);
    assertThat(changes.getFirst().after()).startsWith("…level: debug\n").hasSize(200);
  }

  @Test
  void takesNullForAbsent() throws Exception {
    assertThat(between("apiVersion: v1\nkind: X\na: null", "apiVersion: v1\nkind: X")).isEmpty();
  }

  @Test
  void tellsACreatedOrDeletedObjectInOneChange() throws Exception {
    KubeObject web = ManifestReader.read(WEB).getFirst();
    ObjectKey key = web.key();
    assertThat(Difference.between(key, null, web, NONE, 10))
        .containsExactly(new FieldChange(key, "object", "(absent)", "created"));
    assertThat(Difference.between(key, web, null, NONE, 10))
        .containsExactly(new FieldChange(key, "object", "(present)", "deleted"));
    assertThat(Difference.between(key, null, null, NONE, 10)).isEmpty();
  }

  @Test
  void tellsNoMoreThanTheLimit() throws Exception {
    String other = WEB.replace("web:1", "web:2").replace("fast", "slow");
    assertThat(changes(WEB, other, 1)).hasSize(1);
    assertThat(changes(WEB, other, 0)).isEmpty();
  }

  /** A variable's name may be as long as an object, and stands in the way of all below it. */
  @Test
  void longNamesAndDeepObjectsTakeLinearTime() {
    KubeObject stable = hostile("a");
    KubeObject failed = hostile("b");
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long begun = threads.getCurrentThreadCpuTime();
    List<FieldChange> changes = Difference.between(stable.key(), stable, failed, NONE, 51);
    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - begun)).hasSeconds(0);
    assertThat(changes)
        .hasSize(2)
        .allMatch(change -> change.field().length() <= Difference.MAX_FIELD_CHARS);
  }

  private static KubeObject hostile(String last) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "v1").put("kind", "X");
    ObjectNode wide = object.putObject("spec").putArray("list").addObject();
    wide.put("name", "x".repeat(60_000));
    for (int i = 0; i < 20_000; i++) {
      wide.put("k" + i, "same");
    }
    wide.put("z", last);
    ObjectNode deep = object.putObject("deep");
    for (int i = 0; i < 900; i++) {
      for (int j = 0; j < 100; j++) {
        deep.put("k" + j, j);
      }
      deep = deep.putObject("a");
    }
    deep.put("z", last);
    return new KubeObject(object);
  }

  private static List<String> between(String stable, String failed) throws ManifestException {
    return changes(stable, failed, 50).stream()
        .map(c -> c.field() + ": " + c.before() + " → " + c.after())
        .toList();
  }

  private static List<FieldChange> changes(String stable, String failed, int limit)
      throws ManifestException {
    KubeObject before = ManifestReader.read(stable).getFirst();
    KubeObject after = ManifestReader.read(failed).getFirst();
    return Difference.between(before.key(), before, after, NONE, limit);
  }
}
