package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GatePathTest {

  private final GatePath path = new GatePath();

  @Test
  void nobody_is_let_in_before_there_is_a_path() {
    assertThat(path.knows("//enforce/early")).isFalse();
    assertThat(path.knows("/")).isFalse();
    assertThat(path.knows("/x/enforce/early")).isFalse();
  }

  @Test
  void the_path_and_the_one_before_it_are_let_in() {
    path.open("a1");
    assertThat(path.knows("/a1/enforce/early")).isTrue();
    assertThat(path.knows("/a2/enforce/early")).isFalse();
    assertThat(path.knows("/a1")).isFalse();
    path.open("a2");
    path.open("a2");
    assertThat(path.knows("/a1/enforce/early")).isTrue();
    path.open("a3");
    assertThat(path.knows("/a1/enforce/early")).isFalse();
  }
}
