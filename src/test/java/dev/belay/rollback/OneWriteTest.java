package dev.belay.rollback;

import static dev.belay.rollback.Given.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import org.junit.jupiter.api.Test;

class OneWriteTest {

  /** As Helm 4 leaves it: it owns what it sends, and nobody what the API server fills in. */
  private static final String APPLIED =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
        namespace: shop
        uid: u
        resourceVersion: "5"
        labels: {app: web, version: "1"}
        managedFields:
        - manager: helm
          operation: Apply
          apiVersion: apps/v1
          time: 2026-01-01T00:00:00Z
          fieldsV1:
            f:metadata: {f:labels: {f:app: {}, f:version: {}}}
            f:spec:
              f:template:
                f:spec:
                  f:containers:
                    k:{"name":"web"}:
                      .: {}
                      f:name: {}
                      f:image: {}
                      f:ports: {'k:{"containerPort":80,"protocol":"TCP"}': {.: {}, f:containerPort: {}}}
        - {manager: controller, operation: Update, apiVersion: apps/v1, subresource: status, fieldsV1: {f:status: {}}}
      spec:
        template:
          spec:
            terminationGracePeriodSeconds: 30
            containers:
            - {name: web, image: "web:1", imagePullPolicy: Always, ports: [{containerPort: 80, protocol: TCP}]}
      """;

  /** As Helm 3 and kubectl leave it. */
  private static final String UPDATED =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata:
        name: web
        namespace: shop
        uid: u
        resourceVersion: "5"
        managedFields:
        - manager: helm
          operation: Update
          apiVersion: v1
          time: 2026-01-01T00:00:00Z
          fieldsV1: {f:data: {.: {}, f:A: {}, f:B: {}}}
        - {manager: other, operation: Update, apiVersion: v1, fieldsV1: {f:data: {f:C: {}}}}
      data: {A: a, B: b, C: c}
      """;

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata:
        name: web
        namespace: shop
        uid: u
        resourceVersion: "5"
        managedFields:
        - {manager: helm, operation: Apply, apiVersion: v1, fieldsV1: {f:stringData: {f:PASSWORD: {}}, f:type: {}}}
      type: Opaque
      data: {PASSWORD: b25l}
      """;

  @Test
  void what_was_applied_is_applied_again_as_whoever_owned_it() {
    KubeObject live =
        live(APPLIED, "web:1", "web:2", "version: \"1\"", "version: \"2\"", "\"5\"", "\"9\"");
    assertThat(OneWrite.of(object(APPLIED), live))
        .contains(
            new OneWrite(
                "helm",
                true,
                object(
                    """
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata:
                      name: web
                      namespace: shop
                      uid: u
                      resourceVersion: "9"
                      labels: {app: web, version: "1"}
                    spec:
                      template:
                        spec:
                          containers:
                          - {name: web, image: "web:1", ports: [{containerPort: 80}]}
                    """)));
  }

  @Test
  void an_item_of_a_list_is_told_by_its_keys_and_has_them_by_default() {
    KubeObject live = live(APPLIED, "containerPort: 80,", "containerPort: 81,", "80", "81");
    assertThat(OneWrite.of(object(APPLIED), live)).isPresent();
  }

  @Test
  void what_the_change_added_goes_with_it() {
    KubeObject live =
        live(
            APPLIED,
            "image: \"web:1\"",
            "image: \"web:2\", env: [{name: A, value: a}]",
            "f:image: {}",
            "f:image: {}\n                f:env: {'k:{\"name\":\"A\"}': {.: {}, f:name: {}, f:value: {}}}");
    assertThat(OneWrite.of(object(APPLIED), live)).isPresent();
  }

  @Test
  void a_default_that_the_change_has_set_takes_two_writes() {
    KubeObject live =
        live(
            APPLIED,
            "terminationGracePeriodSeconds: 30",
            "terminationGracePeriodSeconds: 5",
            "f:spec:\n            f:containers:",
            "f:spec:\n            f:terminationGracePeriodSeconds: {}\n            f:containers:");
    assertThat(OneWrite.of(object(APPLIED), live)).isEmpty();
  }

  @Test
  void a_default_that_the_change_has_claimed_takes_two_writes() {
    KubeObject live =
        live(
            APPLIED,
            "web:1",
            "web:2",
            "f:spec:\n            f:containers:",
            "f:spec:\n            f:terminationGracePeriodSeconds: {}\n            f:containers:");
    assertThat(OneWrite.of(object(APPLIED), live)).isEmpty();
  }

  @Test
  void what_somebody_else_has_changed_takes_two_writes() {
    KubeObject live =
        live(
            APPLIED,
            "web:1",
            "web:2",
            "  - {manager: controller",
            "  - {manager: kubectl-set, operation: Update, apiVersion: apps/v1, fieldsV1: {f:spec: {f:template: {}}}}\n  - {manager: controller");
    assertThat(OneWrite.of(object(APPLIED), live)).isEmpty();
  }

  @Test
  void what_was_updated_is_replaced_by_whoever_owned_it_with_all_managers() {
    KubeObject live =
        live(UPDATED, "{A: a, B: b, C: c}", "{A: x, C: c, D: d}", "f:A: {}, f:B: {}", "f:D: {}");
    OneWrite write = OneWrite.of(object(UPDATED), live).orElseThrow();
    assertThat(write.manager()).isEqualTo("helm");
    assertThat(write.applied()).isFalse();
    assertThat(write.body()).isEqualTo(object(UPDATED));
  }

  @Test
  void a_field_of_another_manager_takes_two_writes() {
    KubeObject live = live(UPDATED, "A: a, B: b, C: c", "A: x, B: b, C: x");
    assertThat(OneWrite.of(object(UPDATED), live)).isEmpty();
  }

  @Test
  void a_field_that_two_managers_own_takes_two_writes() {
    String both = UPDATED.replace("f:data: {f:C: {}}", "f:data: {f:A: {}, f:C: {}}");
    assertThat(OneWrite.of(object(both), live(both, "A: a", "A: x"))).isEmpty();
  }

  @Test
  void texts_of_a_secret_are_applied_as_texts() {
    KubeObject live = live(SECRET, "b25l", "dHdv");
    OneWrite write = OneWrite.of(object(SECRET), live).orElseThrow();
    assertThat(write.body().json())
        .isEqualTo(
            object(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: {name: web, namespace: shop, uid: u, resourceVersion: "5"}
                    type: Opaque
                    stringData: {PASSWORD: one}
                    """)
                .json());
  }

  @Test
  void a_text_that_the_change_has_added_to_a_secret_takes_two_writes() {
    KubeObject live =
        live(
            SECRET,
            "{PASSWORD: b25l}",
            "{PASSWORD: dHdv, TOKEN: dHdv}",
            "f:stringData: {f:PASSWORD: {}}",
            "f:stringData: {f:PASSWORD: {}, f:TOKEN: {}}");
    assertThat(OneWrite.of(object(SECRET), live)).isEmpty();
  }

  @Test
  void bytes_that_are_no_text_take_two_writes() {
    String bytes = SECRET.replace("b25l", "/w==");
    assertThat(OneWrite.of(object(bytes), live(bytes, "/w==", "dHdv"))).isEmpty();
  }

  @Test
  void an_entry_of_another_version_takes_two_writes() {
    String older =
        UPDATED.replace(
            "operation: Update\n    apiVersion: v1", "operation: Update\n    apiVersion: v0");
    assertThat(older).isNotEqualTo(UPDATED);
    assertThat(OneWrite.of(object(older), live(older, "A: a", "A: x"))).isEmpty();
  }

  /** The object with these texts replaced, each of which has to be there. */
  private static KubeObject live(String stable, String... replaced) {
    String live = stable;
    for (int i = 0; i < replaced.length; i += 2) {
      assertThat(live).contains(replaced[i]);
      live = live.replace(replaced[i], replaced[i + 1]);
    }
    return object(live);
  }
}
