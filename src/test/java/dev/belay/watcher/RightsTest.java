package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.cluster.ApiResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class RightsTest {

  @Test
  void a_role_with_more_rights_is_told_in_one_sentence_with_the_value_that_helps() {
    String said =
        refused(
            403,
            """
            roles.rbac.authorization.k8s.io "shop" is forbidden: user "system:serviceaccount:belay-system:belay" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:
            {APIGroups:["example.com"], Resources:["*"], Verbs:["*"]}""");
    assertThat(said)
        .contains("rbac.restoreAnyRole")
        .doesNotContain("{")
        .doesNotContain("\n")
        .hasSizeLessThan(200);
  }

  @Test
  void a_kind_that_belay_may_not_write_comes_with_the_label_that_helps() {
    assertThat(
            refused(
                403,
                "gizmos.example.com \"g\" is forbidden: User \"system:serviceaccount:belay-system:belay\" cannot update resource \"gizmos\""))
        .startsWith("gizmos.example.com \"g\" is forbidden")
        .contains("belay.dev/aggregate-to-belay=true");
  }

  @Test
  void others_that_forbid_speak_for_themselves() {
    for (String message :
        List.of("pods \"a\" is forbidden: exceeded quota: small", "admission webhook denied")) {
      assertThat(refused(403, message)).isEqualTo(message);
    }
    assertThat(refused(422, "is invalid")).isEqualTo("is invalid");
  }

  private static String refused(int code, String message) {
    return Rights.refusal(
        new ApiResponse(
            code, JsonNodeFactory.instance.objectNode().put("message", message), List.of()));
  }
}
