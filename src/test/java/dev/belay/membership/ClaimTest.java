package dev.belay.membership;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import org.junit.jupiter.api.Test;

class ClaimTest {

  private static final Claim CLAIM = new Claim("shop", "web");

  @Test
  void what_editors_of_the_namespace_may_write_needs_no_mark() {
    assertThat(CLAIM.covers(object("v1", "Secret", "shop"))).isTrue();
    assertThat(CLAIM.covers(object("apps/v1", "Deployment", "shop"))).isTrue();
  }

  @Test
  void what_they_may_not_write_needs_one() {
    KubeObject binding = object("rbac.authorization.k8s.io/v1", "RoleBinding", "shop");
    assertThat(CLAIM.covers(binding)).isFalse();
    assertThat(CLAIM.covers(marked(binding, "web", "shop"))).isTrue();
    assertThat(CLAIM.covers(object("v1", "ResourceQuota", "shop"))).isFalse();
    assertThat(CLAIM.covers(object("example.com/v1", "Secret", "shop"))).isFalse();
  }

  @Test
  void another_namespace_needs_the_mark_of_this_very_release() {
    KubeObject gold = object("v1", "Secret", "victim");
    assertThat(CLAIM.covers(gold)).isFalse();
    assertThat(CLAIM.covers(marked(gold, "web", "victim"))).isFalse();
    assertThat(CLAIM.covers(marked(gold, "other", "shop"))).isFalse();
    assertThat(CLAIM.covers(marked(gold, "web", "shop"))).isTrue();
  }

  @Test
  void what_another_release_of_the_namespace_has_taken_over_is_its_own() {
    KubeObject shared = object("v1", "ConfigMap", "shop");
    assertThat(CLAIM.permits(shared)).isTrue();
    KubeObject taken = marked(shared, "other", "shop");
    assertThat(CLAIM.covers(taken)).isFalse();
    assertThat(CLAIM.permits(taken)).isFalse();
    assertThat(CLAIM.owner(taken)).isEqualTo("other");
    KubeObject left = marked(shared, "other", "elsewhere");
    assertThat(CLAIM.permits(left)).as("nobody's here").isTrue();
  }

  @Test
  void what_is_forbidden_is_said_with_the_remedy() {
    KubeObject gold = object("v1", "Secret", "victim");
    assertThat(CLAIM.forbids(gold, ""))
        .hasValueSatisfying(why -> assertThat(why).contains("annotate it with " + CLAIM.marks()));
    KubeObject taken = marked(object("v1", "ConfigMap", "shop"), "other", "shop");
    assertThat(CLAIM.forbids(taken, ""))
        .hasValueSatisfying(why -> assertThat(why).contains("Helm release other by now"));
    assertThat(CLAIM.forbids(taken, "other")).as("as it was when it was stored").isEmpty();
    assertThat(CLAIM.forbids(object("v1", "ConfigMap", "shop"), "")).isEmpty();
  }

  @Test
  void half_a_mark_is_none() {
    KubeObject gold = marked(object("v1", "Secret", "victim"), "web", "shop");
    ((ObjectNode) gold.at("metadata", "annotations")).remove("meta.helm.sh/release-namespace");
    assertThat(CLAIM.covers(gold)).isFalse();
  }

  @Test
  void what_is_in_no_namespace_is_outside() {
    KubeObject role = object("rbac.authorization.k8s.io/v1", "ClusterRole", "");
    assertThat(CLAIM.permits(role)).isFalse();
    assertThat(CLAIM.covers(role)).isFalse();
    assertThat(CLAIM.covers(marked(role, "web", "shop"))).isTrue();
  }

  private static KubeObject object(String apiVersion, String kind, String namespace) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("apiVersion", apiVersion).put("kind", kind);
    ObjectNode metadata = json.putObject("metadata").put("name", "a");
    if (!namespace.isEmpty()) {
      metadata.put("namespace", namespace);
    }
    return new KubeObject(json);
  }

  private static KubeObject marked(KubeObject object, String release, String namespace) {
    object
        .json()
        .withObjectProperty("metadata")
        .withObjectProperty("annotations")
        .put("meta.helm.sh/release-name", release)
        .put("meta.helm.sh/release-namespace", namespace);
    return object;
  }
}
