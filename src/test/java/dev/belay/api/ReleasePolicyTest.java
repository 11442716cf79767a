package dev.belay.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.ReleasePolicy.Named;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReleasePolicyTest {

  private static final List<Named> POLICIES =
      List.of(
          policy("z-all"),
          policy("a-all"),
          policy("shops", "shop-*"),
          policy("many", "shop-w*", "blog"),
          policy("one", "web", "shop-web"));

  @Test
  void the_policy_that_names_a_release_most_exactly_holds() {
    assertThat(held("shop-web")).isEqualTo("one");
    assertThat(held("shop-worker")).isEqualTo("many");
    assertThat(held("shop-db")).isEqualTo("shops");
    assertThat(held("blog")).isEqualTo("many");
  }

  @Test
  void of_two_that_hold_equally_the_first_by_name_does() {
    assertThat(held("other")).isEqualTo("a-all");
  }

  @Test
  void where_none_names_it_none_holds() {
    assertThat(ReleasePolicy.of(List.of(policy("shops", "shop-*")), "web")).isEmpty();
    assertThat(ReleasePolicy.of(List.of(), "web")).isEmpty();
  }

  private static String held(String release) {
    return ReleasePolicy.of(POLICIES, release).orElseThrow().name();
  }

  private static Named policy(String name, String... releases) {
    return new Named(
        name,
        new ReleasePolicy(
            Arrays.asList(releases), null, null, null, null, null, null, null, Map.of()));
  }
}
