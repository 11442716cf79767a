package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WitnessesTest {

  private static final KubeObject SET =
      read(
          "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, uid: s}, status: {updateRevision: r}}");

  private final Related related =
      new Related(
          List.of(),
          List.of(pod("db-0", "True"), pod("db-1", "False"), pod("db-2", "False")),
          List.of());

  @Test
  void nobody_is_asked_about_what_is_ready() {
    assertThat(next(SET, new Current("Ready"))).isEmpty();
    assertThat(next(claim("Bound"), new Current("Bound"))).isEmpty();
    assertThat(next(claim("Lost"), new Current(""))).isEmpty();
  }

  @Test
  void only_its_events_say_for_what_a_claim_waits() {
    assertThat(next(claim("Pending"), new Current("Waits for its first Pod"))).hasValue("c");
    assertThat(next(claim("Pending"), new InProgress("Pending"))).hasValue("c");
  }

  @Test
  void the_pod_that_failed_is_asked_or_else_the_first_that_is_not_ready() {
    Cause cause = new Cause("CrashLoop", SET.key(), "db-2", "db", 1, 3, "m");
    assertThat(next(SET, new Failed(cause))).hasValue("uid-db-2");
    assertThat(next(SET, new InProgress("Ready: 1/3"))).hasValue("uid-db-1");
  }

  @Test
  void without_pods_the_workload_says_why_there_are_none() {
    assertThat(Witnesses.next(SET, Related.NONE, new InProgress("")).map(KubeObject::uid))
        .hasValue("s");
  }

  @Test
  void what_no_rule_looks_at_is_not_read() {
    for (String kind :
        List.of(
            "a.b/v1, kind: Widget", "apiextensions.k8s.io/v1, kind: CustomResourceDefinition")) {
      KubeObject object = read("{apiVersion: " + kind + ", metadata: {name: a, uid: u}}");
      assertThat(next(object, new InProgress("Not ready"))).isEmpty();
    }
    assertThat(
            next(
                read("{apiVersion: v1, kind: Service, metadata: {name: a, uid: u}}"),
                new InProgress("")))
        .hasValue("u");
  }

  @Test
  void a_report_asks_the_pod_that_failed_first_and_not_those_that_are_ready() {
    assertThat(Witnesses.all(SET, related, "db-2").stream().map(KubeObject::uid))
        .containsExactly("uid-db-2", "uid-db-1", "s");
    KubeObject pod = pod("web", "False");
    assertThat(Witnesses.all(pod, Related.NONE, "web")).containsExactly(pod);
  }

  private Optional<String> next(KubeObject object, Readiness readiness) {
    return Witnesses.next(object, related, readiness).map(KubeObject::uid);
  }

  private static KubeObject claim(String phase) {
    return read(
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a, uid: c}, status: {phase: %s}}"
            .formatted(phase));
  }

  private static KubeObject pod(String name, String ready) {
    return read(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: %1$s
          uid: uid-%1$s
          labels: {controller-revision-hash: r}
          ownerReferences: [{uid: s}]
        status: {conditions: [{type: Ready, status: "%2$s"}]}
        """
            .formatted(name, ready));
  }

  private static KubeObject read(String yaml) {
    try {
      return ManifestReader.read(yaml).getFirst();
    } catch (ManifestException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
