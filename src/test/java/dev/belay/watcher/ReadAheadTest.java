package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReadAheadTest {

  private static final ReleaseKey SHOP = new ReleaseKey("shop", "shop");
  private static final ReleaseKey OTHER = new ReleaseKey("shop", "other");

  private final ReadAhead ahead = new ReadAhead();

  @Test
  void an_object_is_known_until_it_is_written_again() {
    ahead.keep(SHOP, config("web", "5", 10));
    assertThat(ahead.object(SHOP, config("web", "5", 0))).contains(config("web", "5", 10));
    assertThat(ahead.object(SHOP, config("web", "6", 0))).isEmpty();
    assertThat(ahead.object(OTHER, config("web", "5", 0))).isEmpty();
  }

  @Test
  void what_is_kept_of_a_release_is_forgotten_as_a_whole() {
    ahead.keep(SHOP, config("a", "1", 1000));
    ahead.keep(SHOP, config("a", "2", 1000));
    ahead.keep(SHOP, config("b", "1", 1000));
    ahead.forget(SHOP);
    assertThat(ahead.object(SHOP, config("b", "1", 0))).isEmpty();
    assertThat(ahead.bytes()).isZero();
  }

  @Test
  void the_release_that_was_looked_at_longest_ago_goes_first() {
    int half = (int) (ReadAhead.MOST_BYTES / 2);
    ahead.keep(SHOP, config("web", "1", half));
    ahead.keep(OTHER, config("web", "1", half));
    assertThat(ahead.object(SHOP, config("web", "1", 0))).isEmpty();
    assertThat(ahead.object(OTHER, config("web", "1", 0))).isPresent();
    assertThat(ahead.bytes()).isPositive().isLessThanOrEqualTo(ReadAhead.MOST_BYTES);
  }

  @Test
  void more_than_all_that_is_kept_is_not_kept() {
    ahead.keep(SHOP, config("web", "1", (int) ReadAhead.MOST_BYTES));
    assertThat(ahead.object(SHOP, config("web", "1", 0))).isEmpty();
    assertThat(ahead.bytes()).isZero();
  }

  @Test
  void a_hint_after_a_while_is_followed_at_once_and_those_after_it_are_gathered() {
    assertThat(Watcher.gathered(Duration.ofSeconds(1).toNanos())).isZero();
    assertThat(Watcher.gathered(Duration.ofMillis(50).toNanos())).isEqualTo(Duration.ofMillis(100));
    assertThat(Watcher.gathered(-1)).isZero();
  }

  private static KubeObject config(String name, String version, int bytes) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "v1").put("kind", "ConfigMap");
    object
        .putObject("metadata")
        .put("name", name)
        .put("namespace", "shop")
        .put("uid", "u")
        .put("resourceVersion", version);
    object.putObject("data").put("text", "x".repeat(bytes));
    return new KubeObject(object);
  }
}
