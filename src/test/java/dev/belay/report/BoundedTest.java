package dev.belay.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class BoundedTest {

  @Test
  void leavesTextThatFits() {
    assertThat(Bounded.text("abc", 3)).isEqualTo("abc");
  }

  @Test
  void cutsWithAnEllipsisWithinTheBound() {
    assertThat(Bounded.text("abcd", 3)).isEqualTo("ab…");
    assertThat(Bounded.text("abcd", 1)).isEqualTo("…");
  }

  @Test
  void cutsNoCodePointInHalf() {
    assertThat(Bounded.text("a😀bc", 3)).isEqualTo("a…");
    assertThat(Bounded.text("a😀bc", 4)).isEqualTo("a😀…");
  }

  @Test
  void keepsCodePointsOfTwoUnitsAndReplacesHalves() {
    assertThat(Bounded.text("😀 \ud83d!", 10)).isEqualTo("😀  !");
  }

  @Test
  void replacesControlCharactersButNotTheLineFeed() {
    assertThat(Bounded.text("a\tb\u0000c\r\nd\u202Ee", 20)).isEqualTo("a b c\nd e");
  }

  @Test
  void takesOutColours() {
    assertThat(Bounded.text("\u001b[1;31mERROR\u001b[0m x", 20)).isEqualTo("ERROR x");
  }

  @Test
  void tellsTheLastLines() {
    assertThat(Bounded.lastLines("one\ntwo\n\nthree is long\n\n", 3, 6))
        .containsExactly("two", "", "three…");
    assertThat(Bounded.lastLines("one", 3, 6)).containsExactly("one");
    assertThat(Bounded.lastLines("", 3, 6)).isEmpty();
  }

  @Test
  void a_list_has_whole_texts_and_says_how_many_are_left_out() {
    assertThat(Bounded.list(List.of("one", "two"), 30)).isEqualTo("one; two");
    assertThat(Bounded.list(List.of("first", "second", "third"), 30))
        .isEqualTo("first; and 2 more");
    assertThat(Bounded.list(List.of("0123456789abc", "x"), 30)).isEqualTo("012345678…; and 1 more");
    assertThat(Bounded.list(List.of(), 30)).isEmpty();
  }
}
