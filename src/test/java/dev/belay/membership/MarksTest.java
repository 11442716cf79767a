package dev.belay.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.belay.manifest.KubeObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarksTest {

  private static final YAMLMapper YAML = new YAMLMapper();

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "labels: {belay.dev/release: a, app: b}|a",
        "annotations: {belay.dev/release: a}|a",
        "annotations: {meta.helm.sh/release-name: a, meta.helm.sh/release-namespace: shop}|a",
        "annotations: {meta.helm.sh/release-name: a, meta.helm.sh/release-namespace: other}|web",
        "labels: {helm.toolkit.fluxcd.io/name: a, app: b}|a",
        "labels: {kustomize.toolkit.fluxcd.io/name: a, app: b}|a",
        "annotations: {argocd.argoproj.io/tracking-id: 'a:apps/Deployment:shop/web'}|a",
        "annotations: {argocd.argoproj.io/tracking-id: 'argo_a:apps/Deployment:shop/web'}|a",
        "annotations: {argocd.argoproj.io/tracking-id: 'a:apps/Deployment:shop/api'}|web",
        "annotations: {argocd.argoproj.io/tracking-id: 'a:apps/Deployment:other/web'}|web",
        "labels: {argocd.argoproj.io/instance: a}|a",
        "labels: {kapp.k14s.io/app: '1666'}|1666",
        "labels: {applyset.kubernetes.io/part-of: applyset-3Tyv_Vr-v1}|applyset-f798d4bc51",
        "labels: {app.kubernetes.io/instance: a, app.kubernetes.io/name: b}|a",
        "labels: {app.kubernetes.io/name: a, app: b}|a",
        "labels: {app: a}|a",
        "labels: {app: Not_A_Name}|web",
        "labels: {}|web",
      })
  void the_strongest_mark_names_the_release(String metadata, String release) throws Exception {
    assertThat(Marks.release(object("Deployment", metadata))).contains(release);
  }

  @Test
  void what_it_may_be_in_ends_with_what_helm_says_and_with_its_own_name() throws Exception {
    String helms = "meta.helm.sh/release-name: b, meta.helm.sh/release-namespace: shop";
    String labels = "labels: {belay.dev/release: a, app: c}";
    KubeObject marked = object("Deployment", labels + ", annotations: {%s}".formatted(helms));
    assertThat(Marks.candidates(marked)).containsExactly("a", "b", "web");
    assertThat(Marks.candidates(object("Deployment", labels))).containsExactly("a", "c", "web");
    assertThat(Marks.candidates(object("ConfigMap", labels))).containsExactly("a", "c");
  }

  @ParameterizedTest
  @CsvSource({"ConfigMap", "Service"})
  void what_is_no_workload_and_says_nothing_is_in_no_release(String kind) throws Exception {
    assertThat(Marks.release(object(kind, "labels: {}"))).isEmpty();
    assertThat(Marks.release(object(kind, "labels: {app: a}"))).contains("a");
  }

  private static KubeObject object(String kind, String metadata) throws Exception {
    String apiVersion = kind.equals("Deployment") ? "apps/v1" : "v1";
    return KubeObject.of(
        YAML.readTree(
            "{apiVersion: %s, kind: %s, metadata: {name: web, namespace: shop, %s}}"
                .formatted(apiVersion, kind, metadata)));
  }
}
