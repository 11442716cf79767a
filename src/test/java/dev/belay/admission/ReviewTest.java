package dev.belay.admission;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.admission.Review.BadReview;
import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReviewTest {

  private static final String NO_REVIEW = "the body is no AdmissionReview of admission.k8s.io/v1";
  private static final String NO_UID = "the AdmissionReview has no request.uid";

  @Test
  void what_the_api_server_sends_is_read() throws Exception {
    Review review = read(Reviews.json(Reviews.secret("pending-upgrade", "").json()).toString());
    assertThat(review.uid()).isEqualTo("705ab4f5-6393-11e8-b7cc-42010a800002");
    assertThat(review.namespace()).isEqualTo("shop");
    assertThat(review.operation()).isEqualTo("CREATE");
    assertThat(review.object().kind()).isEqualTo("Secret");
  }

  @Test
  void the_client_is_as_what_it_says_it_writes_or_else_as_what_this_write_is_stored()
      throws Exception {
    ObjectNode json = valid();
    ObjectNode request = json.withObjectProperty("request");
    ObjectNode old = request.putObject("oldObject");
    old.putObject("metadata")
        .putArray("managedFields")
        .addObject()
        .put("manager", "helm")
        .put("time", "2026-03-01T12:00:00Z");
    ObjectNode object = request.putObject("object");
    object.set("metadata", old.path("metadata").deepCopy());
    object
        .withObjectProperty("metadata")
        .withArrayProperty("managedFields")
        .addObject()
        .put("manager", "my-deployer")
        .put("time", "2026-03-01T11:59:59Z");
    assertThat(read(json.toString()).fieldManager()).isEqualTo("my-deployer");
    request.putObject("options").put("fieldManager", "kubectl-edit");
    assertThat(read(json.toString()).fieldManager()).isEqualTo("kubectl-edit");
  }

  @Test
  void who_has_written_other_fields_within_the_same_second_is_told() throws Exception {
    ObjectNode json = valid();
    ObjectNode request = json.withObjectProperty("request");
    ObjectNode before = request.putObject("oldObject").putObject("metadata");
    for (String manager : new String[] {"helm", "kubectl-edit", "my-deployer"}) {
      ObjectNode entry = before.withArrayProperty("managedFields").addObject();
      entry.put("manager", manager).put("time", "2026-03-01T12:00:00Z");
      entry.putObject("fieldsV1").putObject("f:spec").putObject("k:{\"name\":\"web\"}");
    }
    ObjectNode now = request.putObject("object");
    now.set("metadata", before.deepCopy());
    assertThat(read(json.toString()).fieldManager()).isEmpty();
    ((ObjectNode) now.at("/metadata/managedFields/1/fieldsV1/f:spec")).putObject("f:replicas");
    assertThat(read(json.toString()).fieldManager()).isEqualTo("kubectl-edit");
  }

  @Test
  void what_each_managers_fields_are_is_all_that_is_left_out() throws Exception {
    ObjectNode json = valid();
    ObjectNode object = json.withObjectProperty("request").putObject("object");
    object.put("fieldsV1", "spec").putObject("metadata").put("managedFields", 3);
    ObjectNode spec = object.putObject("spec");
    spec.putArray("managedFields").addObject().putObject("fieldsV1").put("a", 1.5).putArray("b");
    assertThat(read(json.toString()).request()).isEqualTo(json.path("request"));
    object.withObjectProperty("metadata").putArray("managedFields").add(1).addArray().add(true);
    assertThat(read(json.toString()).request()).isEqualTo(json.path("request"));
    object.withObjectProperty("metadata").putArray("managedFields").addObject().put("fieldsV1", 7);
    assertThat(read(json.toString()).object().at("metadata", "managedFields").get(0).size())
        .isEqualTo(1);
  }

  @Test
  void a_name_may_be_as_long_as_kubernetes_lets_it_be() throws Exception {
    String name = "k:{\\\"name\\\":\\\"" + "A".repeat(60_000) + "\\\"}";
    Review review =
        read(
            "{\"apiVersion\": \"admission.k8s.io/v1\", \"kind\": \"AdmissionReview\", \"request\": {\"uid\": \"u\", \"object\": {\"metadata\": {\"name\": \"web\", \"managedFields\": [{\"fieldsV1\": {\"%1$s\": {}}}]}, \"%1$s\": 1}}}"
                .formatted(name));
    assertThat(review.object().name()).isEqualTo("web");
  }

  @Test
  void fields_that_nobody_knows_yet_are_no_reason_to_refuse() throws Exception {
    ObjectNode review = valid();
    review.withObjectProperty("request").put("fromTheFuture", true);
    assertThat(read(review.toString()).operation()).isEqualTo("CREATE");
  }

  @Test
  void an_empty_body_is_refused() {
    refused("", "the body is empty; an AdmissionReview in JSON is expected");
    refused(" \n", "the body is empty; an AdmissionReview in JSON is expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nothing", "{", "{'a': 1}", "<xml/>", "\u0000", "{\"a\": NaN}", "a: 1"})
  void a_body_that_is_not_json_is_refused(String body) {
    refused(body, "the body is not JSON");
  }

  @Test
  void the_place_is_told_and_nothing_of_how_it_is_found() {
    refused(
        "{\n  \"a\": [",
        "the body is not JSON: Unexpected end-of-input: expected close marker for Array"
            + " (start marker at line: 2, column: 8) (line: 2, column: 9)");
    refused("{\"a\": nothing}", "the body is not JSON: Unrecognized token 'nothing'");
  }

  @Test
  void bytes_that_are_no_text_are_refused() {
    assertThatThrownBy(() -> read(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, 2, 3}))
        .isInstanceOf(BadReview.class);
    assertThatThrownBy(() -> read("{\"kind\":\"\uD83D\uDE80".getBytes(UTF_16)))
        .isInstanceOf(BadReview.class);
  }

  @Test
  void a_review_of_more_tokens_than_any_real_one_is_refused_before_it_fills_the_memory() {
    String many = "[" + "{},".repeat(Review.MAX_TOKENS / 2) + "{}]";
    refused(
        valid().toString().replace("\"oldObject\":null", "\"oldObject\":" + many),
        "the body is not JSON: Token count");
  }

  @Test
  void a_key_that_is_there_twice_is_refused_since_nobody_knows_which_one_counts() {
    String twice = valid().toString().replace("\"uid\":", "\"uid\":\"other\",\"uid\":");
    refused(twice, "the body is not JSON: Duplicate field 'uid'");
    String deep =
        valid()
            .toString()
            .replace("\"oldObject\":null", "\"oldObject\":{\"a\":[{\"b\":1,\"b\":1}]}");
    refused(deep, "the body is not JSON: Duplicate field 'b'");
  }

  @Test
  void what_follows_the_review_is_refused() {
    refused(valid() + " {}", "the body is not JSON");
    refused(valid().toString() + valid(), "the body is not JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "1", "\"AdmissionReview\"", "{}"})
  void json_that_is_no_review_is_refused(String body) {
    refused(body, NO_REVIEW);
  }

  @Test
  void another_kind_or_version_is_refused() {
    refused(valid().put("kind", "Pod").toString(), NO_REVIEW);
    refused(valid().put("apiVersion", "admission.k8s.io/v1beta1").toString(), NO_REVIEW);
    ObjectNode without = valid();
    without.remove("kind");
    refused(without.toString(), NO_REVIEW);
  }

  @Test
  void a_review_without_a_uid_is_refused_since_no_answer_could_be_told_to_be_its() {
    ObjectNode empty = valid();
    empty.withObjectProperty("request").put("uid", "");
    refused(empty.toString(), NO_UID);
    ObjectNode none = valid();
    none.withObjectProperty("request").remove("uid");
    refused(none.toString(), NO_UID);
    ObjectNode nothing = valid();
    nothing.withObjectProperty("request").putNull("uid");
    refused(nothing.toString(), NO_UID);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "[]", "\"uid\"", "7", "{}", "true"})
  void a_request_that_is_no_request_is_refused(String request) {
    refused(
        "{\"apiVersion\":\"admission.k8s.io/v1\",\"kind\":\"AdmissionReview\",\"request\":%s}"
            .formatted(request),
        NO_UID);
  }

  @Test
  void an_object_of_a_wrong_type_is_an_empty_one() throws Exception {
    for (Object wrong : new Object[] {null, "text", 1}) {
      ObjectNode review = valid();
      review.withObjectProperty("request").putPOJO("object", wrong);
      assertThat(read(review.toString()).object().kind()).isEmpty();
    }
  }

  @Test
  void nesting_is_bounded() {
    String deep = "[".repeat(Review.MAX_DEPTH + 1);
    refused(deep, "the body is not JSON: Document nesting depth");
  }

  @Test
  void a_refusal_quotes_nothing_of_the_body() {
    assertThatThrownBy(() -> read("{\"data\":{\"password\": correct-horse}}"))
        .isInstanceOf(BadReview.class)
        .message()
        .doesNotContain("horse");
  }

  private static void refused(String body, String message) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOf(BadReview.class)
        .hasMessageStartingWith(message);
  }

  private static Review read(String body) throws BadReview {
    return read(body.getBytes(UTF_8));
  }

  private static Review read(byte[] body) throws BadReview {
    return Review.read(new ByteArrayInputStream(body));
  }

  private static ObjectNode valid() {
    return Reviews.json(JsonNodeFactory.instance.objectNode());
  }
}
