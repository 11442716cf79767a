package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.cluster.NamespaceObjects;
import dev.belay.manifest.KubeObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Whether a write of another client in a release of Helm makes it worth a look. */
class ResyncTest {

  private static final Stable STABLE = new Stable(1, 1, Instant.parse("2026-03-01T12:00:05.700Z"));

  @Test
  void one_that_is_newer_than_the_verdict_does_once() {
    assertThat(isNews("12:00:04", "")).isFalse();
    assertThat(isNews("12:00:07", "")).isTrue();
    assertThat(isNews("12:00:07", "12:00:08")).isFalse();
    assertThat(isNews("12:00:09", "12:00:08")).isTrue();
  }

  @Test
  void one_of_the_same_second_does_since_it_may_have_come_later() {
    assertThat(isNews("12:00:05", "")).isTrue();
    assertThat(isNews("12:00:08", "12:00:08")).isTrue();
  }

  @Test
  void a_look_before_the_last_verdict_says_nothing() {
    assertThat(isNews("12:00:04", "12:00:01")).isFalse();
  }

  @Test
  void each_release_of_helm_is_in_one_part_and_no_other_is_in_any() {
    List<Release> releases = new ArrayList<>();
    Map<String, KubeObject> records = new HashMap<>();
    for (int i = 0; i < 100; i++) {
      releases.add(release("shop", "helms-" + i));
      releases.add(release("shop", "others-" + i));
      records.put("helms-" + i, KubeObject.of(JsonNodeFactory.instance.objectNode()));
    }
    releases.add(release("unlabelled", "helms-1"));
    Resync.Seen seen = new Resync.Seen(Map.of("shop", records, "unlabelled", records), releases);
    List<ReleaseKey> all = new ArrayList<>();
    for (int part = 0; part < 30; part++) {
      Set<ReleaseKey> some = Resync.slice(seen, Set.of("shop"), part, 30);
      assertThat(some).hasSizeLessThan(15);
      all.addAll(some);
    }
    assertThat(all)
        .hasSize(100)
        .doesNotHaveDuplicates()
        .allMatch(key -> key.namespace().equals("shop") && key.name().startsWith("helms-"));
  }

  @Test
  void a_label_that_names_a_release_of_helm_makes_both_worth_a_look() {
    Release helms = release("shop", "helms");
    Resync.Seen seen =
        new Resync.Seen(
            Map.of("shop", Map.of("helms", KubeObject.of(JsonNodeFactory.instance.objectNode()))),
            List.of(new Release(helms.object(), helms.status().withStable(STABLE))));
    assertThat(changed(seen, workload("app", "helms")))
        .isEqualTo(new Resync.Changed(Set.of("shop"), Set.of(new ReleaseKey("shop", "helms"))));
    assertThat(changed(seen, workload("app", "others")))
        .isEqualTo(new Resync.Changed(Set.of("shop"), Set.of()));
  }

  private static Resync.Changed changed(Resync.Seen seen, KubeObject workload) {
    NamespaceObjects objects =
        new NamespaceObjects(null, null, null) {
          @Override
          public void forEachWorkload(Consumer<KubeObject> each) {
            each.accept(workload);
          }
        };
    return new Resync(null, null, objects).withoutRecords(seen, Set.of("shop"), time("12:00:09"));
  }

  /** Written after the verdict. */
  private static KubeObject workload(String label, String value) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "apps/v1").put("kind", "Deployment");
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("namespace", "shop").put("name", "web");
    metadata.put("creationTimestamp", "2026-03-01T12:00:08Z");
    metadata.putObject("labels").put(label, value);
    return KubeObject.of(object);
  }

  private static Release release(String namespace, String name) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.putObject("metadata").put("namespace", namespace).put("name", name);
    return new Release(KubeObject.of(object), ReleaseStatus.NEW);
  }

  private static boolean isNews(String written, String compared) {
    return Resync.isNews(
        time(written), STABLE, compared.isEmpty() ? null : time(compared).plusMillis(300));
  }

  private static Instant time(String text) {
    return Instant.parse("2026-03-01T" + text + "Z");
  }
}
