package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.admission.Answer.Cause;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTest {

  @Test
  void an_answer_says_which_question_it_is_for() {
    ObjectNode review = Answer.allow().toReview("the-uid");
    assertThat(review)
        .hasToString(
            "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\","
                + "\"response\":{\"uid\":\"the-uid\",\"allowed\":true}}");
  }

  @Test
  void a_refusal_has_a_status_that_clients_print_and_a_cause_for_each_finding() {
    JsonNode response =
        Answer.deny("it", "it would fail", List.of(new Cause("spec.x", "x is 0")), List.of())
            .toReview("u")
            .path("response");
    assertThat(response.path("allowed").booleanValue()).isFalse();
    assertThat(response.path("uid").textValue()).isEqualTo("u");
    assertThat(response.path("status"))
        .hasToString(
            "{\"status\":\"Failure\",\"code\":403,\"reason\":\"Forbidden\","
                + "\"message\":\"it would fail\",\"details\":{\"causes\":"
                + "[{\"reason\":\"FieldValueInvalid\",\"field\":\"spec.x\",\"message\":\"x is 0\"}]}}");
  }

  @Test
  void warnings_are_of_one_line_and_no_longer_than_the_api_server_lets_through() {
    List<String> told =
        warnings(List.of(" two\n\tlines ", "long ".repeat(100), "\u001b[31mred\u001b[0m"));
    assertThat(told.get(0)).isEqualTo("two lines");
    assertThat(told.get(1)).hasSize(250).endsWith("…");
    assertThat(told.get(2)).isEqualTo("red");
  }

  @Test
  void warnings_are_few_and_each_is_told_once() {
    assertThat(warnings(Collections.nCopies(5, "same"))).containsExactly("same");
    List<String> many = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      many.add("warning " + i);
    }
    assertThat(warnings(many))
        .hasSize(10)
        .startsWith("warning 0")
        .endsWith("warning 8", "Belay has 41 more to say of this");
    assertThat(warnings(many.subList(0, 10))).endsWith("warning 9");
  }

  @Test
  void warnings_that_are_the_same_once_cut_are_told_once() {
    assertThat(warnings(List.of("a  b", "a b", "a\nb"))).containsExactly("a b");
  }

  @Test
  void a_refusal_tells_its_warnings_too() {
    JsonNode response =
        Answer.deny("no", "no", List.of(), List.of("beware")).toReview("u").path("response");
    assertThat(response.path("warnings")).hasToString("[\"beware\"]");
  }

  @Test
  void a_refusal_stays_small_whatever_was_found() {
    List<Cause> causes =
        Collections.nCopies(5_000, new Cause("spec." + "x".repeat(5_000), "y".repeat(5_000)));
    ObjectNode review = Answer.deny("z", "z".repeat(1_000_000), causes, List.of()).toReview("u");
    assertThat(review.path("response").path("status").path("message").textValue())
        .hasSize(Answer.MAX_MESSAGE);
    assertThat(review.toString().length()).isLessThan(1024 * 1024);
  }

  private static List<String> warnings(List<String> warnings) {
    List<String> told = new ArrayList<>();
    Answer.allow(warnings)
        .toReview("u")
        .path("response")
        .path("warnings")
        .forEach(warning -> told.add(warning.textValue()));
    return told;
  }

  @Test
  void an_observed_namespace_is_told_in_one_line_or_in_one_for_each_cause() {
    Cause small = new Cause("a", "Deployment/web: a is 0");
    assertThat(Answer.deny("this would fail", "refused", List.of(small), List.of("x")).observed())
        .isEqualTo(
            Answer.allow(
                List.of("Belay would refuse this: this would fail: Deployment/web: a is 0", "x")));
    Cause large = new Cause("b", "b".repeat(300));
    assertThat(
            Answer.deny("this would fail", "refused", List.of(small, large), List.of()).observed())
        .isEqualTo(
            Answer.allow(
                List.of(
                    "Belay would refuse this: this would fail", small.message(), large.message())));
  }
}
