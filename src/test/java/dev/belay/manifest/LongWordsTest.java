package dev.belay.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongWordsTest {

  private static final String LONG = "aG9yc2U+/=_-".repeat(400);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "§",
        "'§'",
        "\"§\"",
        "'it is §, and §'",
        "\"\\n§\"",
        "\"\\U0001F600§\"",
        "|\n    §\n    longWord§",
        ">\n    §\n    §",
        "[§, §]",
        "{§: longWord0z}",
        "&§ §",
        "!!str §",
        "§ # §",
        "=§",
        "-§"
      })
  void mean_the_same_as_short_ones(String value) throws Exception {
    String yaml = "{apiVersion: v1, kind: A}\n---\napiVersion: v1\nkind: B\nvalue: " + value;
    KubeObject shorter = ManifestReader.read(yaml.replace("§", "Word")).getLast();
    KubeObject longer = ManifestReader.read(yaml.replace("§", LONG)).getLast();
    assertThat(longer.json().toString().replace(LONG, "Word")).isEqualTo(shorter.json().toString());
  }

  @Test
  void are_left_where_they_may_be_numbers() {
    for (String digits : new String[] {"1", "0x1F", "1e5", "7_0"}) {
      String text = digits + "1".repeat(5000);
      assertThat(LongWords.of(text).text()).isEqualTo(text);
    }
  }

  @Test
  void are_read_without_copying_them_over_and_over() throws Exception {
    String yaml = "{apiVersion: v1, kind: Secret, data: {a: %s}}".formatted("eHh4".repeat(350_000));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThat(ManifestReader.read(yaml)).hasSize(1);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(100_000_000L);
  }
}
