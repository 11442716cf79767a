package dev.belay.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import dev.belay.masking.Masking;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ChangesTest {

  private static final Masking NONE = Masking.ofNone();

  private static final String MAP =
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: m%d}, data: {n: %s}}\n---\n";
  private static final String WEB =
      "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {image: %s}}\n---\n";

  @Test
  void the_object_that_failed_comes_first_and_what_is_left_out_is_said() throws Exception {
    List<KubeObject> before = objects(70, "a");
    List<KubeObject> after = objects(70, "b");
    List<String> lines = Changes.of(before, byKey(after), after.getLast().key(), NONE);
    assertThat(lines).hasSize(50);
    assertThat(lines.getFirst()).isEqualTo("Deployment/web: spec.image: a → b");
    assertThat(lines.getLast()).isEqualTo("and more, which is left out here");

    List<KubeObject> few = objects(49, "a");
    assertThat(Changes.of(few, byKey(objects(49, "b")), few.getLast().key(), NONE))
        .hasSize(50)
        .noneMatch(line -> line.startsWith("and more"));
  }

  /** As a Job that only the failed change has. */
  @Test
  void what_failed_comes_first_though_it_is_new() throws Exception {
    List<KubeObject> before = objects(70, "a");
    List<KubeObject> after = new ArrayList<>(objects(70, "b"));
    after.addAll(ManifestReader.read(MAP.formatted(99, "b")));
    assertThat(Changes.of(before, byKey(after), after.getLast().key(), NONE))
        .hasSize(50)
        .first()
        .isEqualTo("ConfigMap/m99: object: (absent) → created");
  }

  @Test
  void what_is_new_and_what_is_gone_is_told() throws Exception {
    List<KubeObject> before = ManifestReader.read(MAP.formatted(1, "a"));
    List<KubeObject> after = ManifestReader.read(MAP.formatted(2, "a"));
    assertThat(Changes.of(before, byKey(after), before.getFirst().key(), NONE))
        .containsExactly(
            "ConfigMap/m1: object: (present) → deleted",
            "ConfigMap/m2: object: (absent) → created");
    assertThat(Changes.of(List.of(), byKey(after), before.getFirst().key(), NONE)).isEmpty();
  }

  private static List<KubeObject> objects(int maps, String value) throws ManifestException {
    List<KubeObject> all = new ArrayList<>();
    for (int i = 0; i < maps; i++) {
      all.addAll(ManifestReader.read(MAP.formatted(i, value)));
    }
    all.addAll(ManifestReader.read(WEB.formatted(value)));
    return all;
  }

  private static Map<dev.belay.manifest.ObjectKey, KubeObject> byKey(List<KubeObject> objects) {
    return objects.stream().collect(Collectors.toMap(KubeObject::key, Function.identity()));
  }
}
