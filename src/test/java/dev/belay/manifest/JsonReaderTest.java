package dev.belay.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the API server stores can be read, and is written again as it was. */
class JsonReaderTest {

  @Test
  void names_texts_and_numbers_may_be_as_long_as_they_are() throws IOException {
    String name = "A".repeat(60_000);
    String number = "9".repeat(2_000);
    String text = "x".repeat(20_000_001);
    JsonNode read = read("{\"%s\": %s, \"text\": \"%s\"}".formatted(name, number, text));

    assertThat(read.path(name).toString()).isEqualTo(number);
    assertThat(read.path("text").textValue()).hasSize(20_000_001);
  }

  @Test
  void what_is_nested_too_deep_for_a_tree_is_written_as_it_came() throws IOException {
    String deep = "[{\"ä\":".repeat(5_000) + "7" + "}]".repeat(5_000);
    String object = "{\"kind\":\"A\",\"spec\":%s,\"last\":[1,2.5,null,true,\"é\"]}".formatted(deep);
    JsonNode read = read(object);

    assertThat(read.toString()).isEqualTo(object);
    assertThat(read.path("kind").textValue()).isEqualTo("A");
    assertThat(read.path("last").path(4).textValue()).isEqualTo("é");
    assertThat(KubeObject.of(read).copy().json()).isEqualTo(read);
  }

  @Test
  void a_difference_in_the_depth_is_one() throws IOException {
    String deep = "{\"kind\":\"A\",\"spec\":" + "[".repeat(900) + "%d" + "]".repeat(900) + "}";
    KubeObject one = KubeObject.of(read(deep.formatted(1)));
    KubeObject two = KubeObject.of(read(deep.formatted(2)));

    assertThat(one).isNotEqualTo(two);
    assertThat(ObjectDigest.of(one))
        .isNotEqualTo(ObjectDigest.of(two))
        .isEqualTo(ObjectDigest.of(KubeObject.of(read(deep.formatted(1)))));
  }

  @Test
  void an_object_is_the_same_wherever_it_is_read() throws IOException {
    String object =
        "{\"kind\":\"A\",\"items\":[7],\"spec\":" + "[".repeat(900) + "]".repeat(900) + "}";
    JsonNode alone = read(object);
    JsonNode list = read("{\"items\":[" + object + "],\"kind\":\"AList\"}");
    JsonNode event = read("{\"type\":\"ADDED\",\"object\":" + object + "}", "object");
    JsonNode stored = read("{\"objects\":[" + object + "," + object + "]}", "objects");

    assertThat(list.path("items").path(0)).isEqualTo(alone);
    assertThat(event.path("object")).isEqualTo(alone);
    assertThat(stored.path("objects").path(1)).isEqualTo(alone);
  }

  @Test
  void half_an_answer_and_more_than_one_are_none_and_nothing_of_them_is_told() {
    String deep = "[".repeat(900) + "1";
    for (String text :
        new String[] {
          "{\"password\": \"hunter2",
          "{} {\"hunter2\": 1}",
          "<html>hunter2</html>",
          deep,
          deep + "}",
          "{\"a\": hunter2}",
          "[".repeat(900) + "1" + "]".repeat(900) + "hunter2"
        }) {
      assertThatThrownBy(() -> read(text))
          .as(text)
          .isInstanceOf(IOException.class)
          .hasMessageNotContaining("hunter2");
    }
  }

  @Test
  void nothing_is_nothing() throws IOException {
    assertThat(read("").isMissingNode()).isTrue();
  }

  private static JsonNode read(String text) throws IOException {
    return read(text, "");
  }

  private static JsonNode read(String text, String field) throws IOException {
    return JsonReader.read(text.getBytes(StandardCharsets.UTF_8), field);
  }
}
