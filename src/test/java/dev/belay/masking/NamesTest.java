package dev.belay.masking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.ManifestReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts, users and databases are often called like the objects that they are. */
class NamesTest {

  private Masking secrets;

  @BeforeEach
  void aDatabase() throws Exception {
    secrets =
        Masking.of(
            ManifestReader.read(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: credentials}
                stringData: {DB_HOST: postgres, DB_NAME: postgres-main, SOURCE: web1}
                ---
                apiVersion: apps/v1
                kind: StatefulSet
                metadata: {name: postgres}
                spec:
                  serviceName: postgres
                  template:
                    spec:
                      containers: [{name: web1, image: example/good}]
                      volumes: [{name: data, secret: {secretName: postgres-main}}]
                """));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Deployment/postgres: container web1 exited 3: no more",
        "StatefulSet/postgres: init container web1 can't be started",
        "Service/postgres: spec.ports[0].port is 0; Deployment/postgres has no port of this name.",
        "StatefulSet/postgres: spec.template.spec.containers[web1].image: a → b",
        "Pod/postgres-0: BackOff (at 12:00:07 UTC): Back-off restarting failed container web1 in pod"
            + " postgres-0_shop(4f1c)",
        "secret \"postgres-main\" not found",
        "secrets \"postgres-main\" not found",
        "couldn't find key a in Secret shop/postgres-main",
        "deployments.apps \"postgres\" is forbidden",
        "statefulsets.apps/postgres not there",
        "StatefulSet.apps \\\"postgres\\\" is invalid",
        "StatefulSet.apps/shop/postgres is written to all the time",
        "MountVolume.SetUp failed for volume \"postgres\"",
        "this upgrade of release postgres would fail",
        "PersistentVolumeClaim/data-postgres-0 waits",
        "Ingress/postgres: a",
        "ingresses.networking.k8s.io \"postgres\" is invalid"
      })
  void a_name_stays_where_it_stands_as_one(String said) {
    assertThat(secrets.mask(said)).isEqualTo(said);
  }

  @Test
  void the_same_word_is_a_value_everywhere_else() {
    assertThat(secrets.mask("StatefulSet/postgres: container web1 exited 3: postgres:web1@host"))
        .isEqualTo("StatefulSet/postgres: container web1 exited 3: (masked):(masked)@host");
    assertThat(secrets.mask("password \"postgres\", user=web1, Basic/postgres x/postgres"))
        .isEqualTo("password \"(masked)\", user=(masked), Basic/(masked) x/(masked)");
    assertThat(secrets.mask("lookup postgres-main: no such host"))
        .isEqualTo("lookup (masked): no such host");
  }

  @Test
  void what_no_object_is_called_is_no_name_though_it_stands_as_one() throws Exception {
    Masking masking =
        Masking.of(
            ManifestReader.read("{apiVersion: v1, kind: Secret, stringData: {a: hunter22}}"));
    assertThat(masking.mask("secret \"hunter22\" and container hunter22, volume[hunter22]"))
        .isEqualTo("secret \"(masked)\" and container (masked), volume[(masked)]");
  }

  @Test
  void a_value_that_is_more_than_a_name_is_masked() throws Exception {
    Masking masking =
        Masking.of(
            ManifestReader.read(
                "{apiVersion: v1, kind: Secret, metadata: {name: db},"
                    + " stringData: {a: 'Service/db on fire'}}"));
    assertThat(masking.mask("said Service/db on fire")).isEqualTo("said (masked)");
  }

  @Test
  void an_object_that_is_deeper_than_a_stack_is_read() {
    com.fasterxml.jackson.databind.node.ObjectNode root =
        com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    root.put("kind", "Secret");
    var deep = root.putObject("data");
    for (int i = 0; i < 20_000; i++) {
      deep = deep.putObject("a");
    }
    deep.put("name", "aHVudGVyMg==");
    Masking masking = Masking.of(java.util.List.of(new dev.belay.manifest.KubeObject(root)));
    assertThat(masking.mask("got hunter2")).isEqualTo("got (masked)");
  }
}
