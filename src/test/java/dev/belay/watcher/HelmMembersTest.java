package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** By which objects it is seen that others have changed a release of Helm. */
class HelmMembersTest {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final ReleaseKey SHOP = new ReleaseKey("shop", "shop");

  @Test
  void by_the_kinds_that_the_gate_looks_at_in_whatever_version() {
    assertThat(
            compared(
                "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}",
                "{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler,"
                    + " metadata: {name: web, namespace: shop}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: web, namespace: shop}}"))
        .containsExactlyInAnyOrder(
            "Deployment/web", "HorizontalPodAutoscaler/web", "ConfigMap/web");
  }

  @Test
  void not_by_what_operators_and_other_releases_write_nor_by_jobs_that_end() {
    assertThat(
            compared(
                "{apiVersion: a.io/v1, kind: Database, metadata: {name: web, namespace: shop}}",
                "{apiVersion: batch/v1, kind: Job, metadata: {name: web, namespace: shop}}",
                "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: a}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: web, namespace: elsewhere}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: taken, namespace: shop,"
                    + " annotations: {meta.helm.sh/release-name: other}}}",
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: going, namespace: shop,"
                    + " deletionTimestamp: '2026-03-01T12:00:00Z'}}"))
        .isEmpty();
  }

  private static List<String> compared(String... objects) {
    return HelmMembers.edited(SHOP, Stream.of(objects).map(HelmMembersTest::object).toList())
        .members()
        .stream()
        .map(KubeObject::key)
        .map(ObjectKey::display)
        .toList();
  }

  private static KubeObject object(String yaml) {
    try {
      return KubeObject.of(YAML.readTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
