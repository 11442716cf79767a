package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Belay with the rights of the chart's value {@code rbac.restoreAnyRole}. Without them: {@link
 * BorrowedRightsIT}.
 */
@Alone
class AnyRoleIT {

  private static final String RIGHTS = "030-cluster-role";

  @AfterEach
  void takeTheRightsAway() {
    TestNamespace.kubectlAnywhere("apply", "-f", "k8s/manifests/" + RIGHTS + ".yaml").succeeds();
  }

  @Test
  void aRoleThatAllowsMoreThanBelayMayIsPutBack() {
    TestNamespace.kubectlAnywhere(
            "apply", "-f", BelayChart.rendered(RIGHTS, "rbac.restoreAnyRole=true"))
        .succeeds();
    try (TestNamespace shop = TestNamespace.enforced()) {
      shop.helm(Helm.HELM_4, "install", "web", chart("get", "a/web:1")).succeeds();
      shop.awaitStable("web", 1);
      shop.helm(Helm.HELM_4, "upgrade", "web", chart("create", "a/crashes:2")).succeeds();
      shop.awaitCondition("web", "RolledBack", "True");
      assertThat(verb(shop)).isEqualTo("get");
      assertThat(shop.get("rolebinding", "debug").at("/subjects/0/name").asText()).isEqualTo("get");
    }
  }

  private static String verb(TestNamespace shop) {
    return shop.get("role", "debug").at("/rules/0/verbs/0").asText();
  }

  /** With a role to run commands in containers, which Belay may not. */
  private static String chart(String verb, String image) {
    return Chart.of(
        Workloads.deployment(image)
            + """
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: debug}
            rules: [{apiGroups: [""], resources: [pods/exec], verbs: [%s]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: debug}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: debug}
            subjects: [{kind: User, name: %s, apiGroup: rbac.authorization.k8s.io}]
            """
                .formatted(verb, verb));
  }
}
