package dev.belay.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.ManifestReader;
import dev.belay.merge.ThreeWayMerge.NotMergeable;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What is expected is what k8s.io/apimachinery's strategicpatch makes of the same three states. */
class ThreeWayMergeTest {

  /** The part of the API server's document that these cases need, in its form. */
  private static final String OPEN_API =
      """
      {"openapi":"3.0.0","paths":{"/a":{"components":1}},"components":{"schemas":{
        "io.k8s.api.apps.v1.Deployment":{
          "properties":{"spec":{"default":{},"allOf":[{"$ref":"#/components/schemas/Spec"}]},
                        "metadata":{"allOf":[{"$ref":"#/components/schemas/Meta"}]}},
          "x-kubernetes-group-version-kind":[{"group":"apps","kind":"Deployment","version":"v1"}]},
        "com.example.v1.Widget":{
          "x-kubernetes-group-version-kind":[{"group":"example.com","kind":"Widget","version":"v1"}]},
        "Meta":{"properties":{"finalizers":{"type":"array","items":{"type":"string"},"x-kubernetes-patch-strategy":"merge"}}},
        "Spec":{"properties":{
          "strategy":{"allOf":[{"$ref":"#/components/schemas/Strategy"}],"x-kubernetes-patch-strategy":"retainKeys"},
          "containers":{"type":"array","items":{"allOf":[{"$ref":"#/components/schemas/Container"}]},
            "x-kubernetes-patch-merge-key":"name","x-kubernetes-patch-strategy":"merge"},
          "volumes":{"type":"array","items":{"$ref":"#/components/schemas/Volume"},
            "x-kubernetes-patch-merge-key":"name","x-kubernetes-patch-strategy":"merge,retainKeys"}}},
        "Container":{"properties":{
          "args":{"type":"array","items":{"type":"string"}},
          "env":{"type":"array","items":{"$ref":"#/components/schemas/Env"},
            "x-kubernetes-patch-merge-key":"name","x-kubernetes-patch-strategy":"merge"}}},
        "Env":{},"Volume":{},"Strategy":{}}}}
      """;

  @Test
  void nothing_is_sent_where_the_live_object_has_all_that_is_wanted() throws Exception {
    assertPatch(
        "{spec: {containers: [{name: a, image: b}]}}",
        "{spec: {containers: [{name: a, image: b}]}}",
        "{spec: {replicas: 2, containers: [{name: a, image: b, pullPolicy: x}]}, status: {}}",
        "{}");
  }

  @Test
  void numbers_are_compared_by_value() throws Exception {
    assertPatch("{}", "{spec: {replicas: 1.0}}", "{spec: {replicas: 1}}", "{}");
  }

  @Test
  void what_is_changed_is_sent_and_what_others_have_set_is_left() throws Exception {
    assertPatch(
        "{spec: {containers: [{name: a, image: b}]}}",
        "{spec: {containers: [{name: a, image: c}]}}",
        "{spec: {paused: true, containers: [{name: a, image: b}, {name: injected, image: x}]}}",
        "{spec: {containers: [{name: a, image: c}], $setElementOrder/containers: [{name: a}]}}");
  }

  @Test
  void what_was_applied_before_and_is_no_more_is_taken_away_whatever_is_live() throws Exception {
    assertPatch(
        "{metadata: {labels: {a: b, c: d}}, spec: {minReady: 1, containers: [{name: a}, {name: b}]}}",
        "{metadata: {labels: {a: b}}, spec: {containers: [{name: a}]}}",
        "{metadata: {labels: {a: b}}, spec: {minReady: 2, containers: [{name: a}, {name: b}]}}",
        """
        metadata: {labels: {c: null}}
        spec:
          minReady: null
          containers: [{$patch: delete, name: b}]
          $setElementOrder/containers: [{name: a}]
        """);
  }

  @Test
  void an_exclusive_field_is_swapped() throws Exception {
    assertPatch(
        "{spec: {containers: [{name: a, env: [{name: E, value: x}]}]}}",
        "{spec: {containers: [{name: a, env: [{name: E, valueFrom: {y: z}}]}]}}",
        "{spec: {containers: [{name: a, env: [{name: E, value: x}]}]}}",
        """
        spec:
          containers:
          - env: [{valueFrom: {y: z}, value: null, name: E}]
            $setElementOrder/env: [{name: E}]
            name: a
          $setElementOrder/containers: [{name: a}]
        """);
  }

  @Test
  void of_a_union_the_other_members_are_cleared_whoever_has_set_them() throws Exception {
    assertPatch(
        "{spec: {strategy: {type: RollingUpdate}}}",
        "{spec: {strategy: {type: Recreate}}}",
        "{spec: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}}}",
        "{spec: {strategy: {type: Recreate, $retainKeys: [type]}}}");
    assertPatch(
        "{spec: {volumes: [{name: v, emptyDir: {}}]}}",
        "{spec: {volumes: [{name: v, configMap: {name: c}}]}}",
        "{spec: {volumes: [{name: v, emptyDir: {}}]}}",
        """
        spec:
          volumes: [{configMap: {name: c}, emptyDir: null, $retainKeys: [configMap, name], name: v}]
          $setElementOrder/volumes: [{name: v}]
        """);
  }

  @Test
  void a_list_without_a_key_is_replaced_and_one_of_scalars_merged() throws Exception {
    assertPatch(
        "{metadata: {finalizers: [a, b]}, spec: {containers: [{name: a, args: [x]}]}}",
        "{metadata: {finalizers: [a, c]}, spec: {containers: [{name: a, args: [y]}]}}",
        "{metadata: {finalizers: [a, b, z]}, spec: {containers: [{name: a, args: [x]}]}}",
        """
        metadata:
          finalizers: [c]
          $deleteFromPrimitiveList/finalizers: [b]
          $setElementOrder/finalizers: [a, c]
        spec:
          containers: [{args: [y], name: a}]
          $setElementOrder/containers: [{name: a}]
        """);
  }

  @Test
  void another_order_alone_is_a_change() throws Exception {
    assertPatch(
        "{}",
        "{spec: {containers: [{name: b}, {name: a}]}}",
        "{spec: {containers: [{name: a}, {name: x}, {name: b}]}}",
        "{spec: {$setElementOrder/containers: [{name: b}, {name: a}]}}");
  }

  /** Of two elements with one key, the removal of one takes away both: so it is sent. */
  @Test
  void elements_with_the_same_key_are_paired_in_their_order() throws Exception {
    assertPatch(
        "{spec: {containers: [{name: a, image: b}, {name: a, image: c}]}}",
        "{spec: {containers: [{name: a, image: b}]}}",
        "{spec: {containers: [{name: a, image: b}, {name: a, image: c}]}}",
        "{spec: {containers: [{$patch: delete, name: a}], $setElementOrder/containers: [{name: a}]}}");
  }

  @Test
  void of_two_elements_with_the_same_key_the_first_can_not_be_removed() throws Exception {
    assertPatch(
        "{spec: {containers: [{name: a, image: b}, {name: a, image: c}]}}",
        "{spec: {containers: [{name: a, image: c}]}}",
        "{spec: {containers: [{name: a, image: b}, {name: a, image: c}]}}",
        """
        spec:
          containers: [{image: c, name: a, $patch: delete}]
          $setElementOrder/containers: [{name: a}]
        """);
  }

  @Test
  void elements_that_can_not_be_told_apart_are_not_merged() {
    for (String odd : new String[] {"[{image: a}]", "[1]"}) {
      assertThatThrownBy(
              () ->
                  patch(
                      "{}", "{spec: {containers: %s}}".formatted(odd), "{spec: {containers: []}}"))
          .isInstanceOf(NotMergeable.class)
          .hasMessageContaining("containers");
    }
  }

  @Test
  void a_custom_resource_is_compared_with_what_was_applied_before_only() throws Exception {
    assertThat(
            JsonMerge.patch(
                read("{a: {b: 1, c: 2}, l: [1], k: 5}"), read("{a: {b: 2}, l: [2], k: 5}")))
        .isEqualTo(read("{a: {b: 2, c: null}, l: [2]}"));
    assertThat(JsonMerge.patch(read("{a: {b: 1}}"), read("{a: {b: 1}}"))).isEmpty();
    MergeTypes types = MergeTypes.read(OPEN_API);
    assertThat(types.of("example.com", "Widget")).isEmpty();
    assertThat(types.of("apps", "Unheard")).isEmpty();
    assertThat(MergeTypes.read("{}").of("apps", "Deployment")).isEmpty();
  }

  private static void assertPatch(String original, String target, String live, String expected)
      throws Exception {
    assertThat(patch(original, target, live)).isEqualTo(read(expected));
  }

  private static ObjectNode patch(String original, String target, String live)
      throws NotMergeable, IOException {
    MergeType type = MergeTypes.read(OPEN_API).of("apps", "Deployment").orElseThrow();
    return ThreeWayMerge.patch(read(original), read(target), read(live), type);
  }

  /** Without the apiVersion and kind that the reader insists on. */
  private static ObjectNode read(String yaml) {
    try {
      ObjectNode object =
          ManifestReader.read("apiVersion: v1\nkind: K\n---\n" + wrapped(yaml)).get(1).json();
      object.remove("apiVersion");
      object.remove("kind");
      return object;
    } catch (Exception e) {
      throw new AssertionError(yaml, e);
    }
  }

  private static String wrapped(String yaml) {
    return yaml.startsWith("{")
        ? "{apiVersion: v1, kind: K, " + yaml.substring(1)
        : "apiVersion: v1\nkind: K\n" + yaml;
  }
}
