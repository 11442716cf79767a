package dev.belay.masking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskingTest {

  @Test
  void masksAValueDecodedAndInBase64() throws Exception {
    Masking values = values("data: {password: aHVudGVyMg==}");
    assertThat(values.mask("login hunter2 failed, sent aHVudGVyMg==."))
        .isEqualTo("login (masked) failed, sent (masked).");
  }

  @Test
  void masksStringDataInBase64Too() throws Exception {
    assertThat(values("stringData: {p: hunter2}").mask("hunter2 aHVudGVyMg=="))
        .isEqualTo("(masked) (masked)");
  }

  @Test
  void masksTheLongerOfTwoValuesFirst() throws Exception {
    assertThat(values("stringData: {a: hunter2, b: hunter2-is-long}").mask("hunter2-is-long"))
        .isEqualTo("(masked)");
  }

  @Test
  void masksNothingTwice() throws Exception {
    assertThat(values("stringData: {a: hunter2, b: masked}").mask("x is hunter2"))
        .isEqualTo("x is (masked)");
  }

  /** As a log whose last lines were asked for. */
  @Test
  void masksWhatIsLeftOfAValueWhereATextWasCut() throws Exception {
    Masking values = values("stringData: {p: correct-horse-battery, q: hunter2}");
    assertThat(values.maskCut("se-battery is wrong\nsee correct-horse"))
        .isEqualTo("(masked) is wrong\nsee (masked)");
    assertThat(values.maskCut("correct-horse-battery, hunter2, see hunt"))
        .as("whole ones too")
        .isEqualTo("(masked), (masked), see (masked)");
    assertThat(values.maskCut("nter2 is wrong, said hunter"))
        .isEqualTo("(masked) is wrong, said (masked)");
  }

  @Test
  void leavesWhereATextWasCutWhatIsShortOrInAWord() throws Exception {
    Masking values = values("stringData: {p: correct-horse-battery, q: hunter2, r: test}");
    for (String text : List.of("ry is wrong, said cor", "tteryfied, a mishunt", "er2", "")) {
      assertThat(values.maskCut(text)).isEqualTo(text);
    }
    String inside = "said se-battery, correct-horse and more";
    assertThat(values.maskCut(inside)).as("not at an end").isEqualTo(inside);
  }

  @Test
  void leavesShortAndEverydayValues() throws Exception {
    Masking values = values("stringData: {a: no, b: '80', c: 'true', d: ''}");
    assertThat(values.mask("no, true, port 80 is closed")).isEqualTo("no, true, port 80 is closed");
  }

  @Test
  void masksAValueOfFewCharactersAsAWordOnly() throws Exception {
    assertThat(values("stringData: {a: test}").mask("latest test-1 test"))
        .isEqualTo("latest (masked)-1 (masked)");
  }

  @Test
  void masksLinesAssignmentsJsonAndUrlsWithinAValue() throws Exception {
    assertThat(masked("first-line-of-key\nsecond-line-of-key\n", "read second-line-of-key"))
        .isEqualTo("read (masked)");
    assertThat(masked("USER=admin\nexport PASS='hunter2'\n", "PASS is hunter2"))
        .isEqualTo("PASS is (masked)");
    assertThat(masked("{\"auths\": {\"r\": {\"password\": \"hunter2\"}}}", "got hunter2"))
        .isEqualTo("got (masked)");
    assertThat(masked("postgres://me:hunter2@db/x", "cannot log in with hunter2"))
        .isEqualTo("cannot log in with (masked)");
  }

  @Test
  void masksThePasswordOfAnyUrl() {
    assertThat(Masking.ofNone().mask("dial amqp://me:hunter2@mq:5672/ failed"))
        .isEqualTo("dial amqp://me:(masked)@mq:5672/ failed");
  }

  @Test
  void takesTheValueLiterally() throws Exception {
    assertThat(values("stringData: {a: '$1.*[x]'}").mask("a $1.*[x] b")).isEqualTo("a (masked) b");
  }

  @Test
  void masksWhatStandsWhereAValueShould() throws Exception {
    Masking values =
        values("stringData: {a: {b: hunter2}, c: [hunter3, 87654321], d: 1.5e40}\ndata: hunter4");
    assertThat(values.mask("{\"b\":\"hunter2\"} [hunter3 87654321] 1.5e+40 got hunter4"))
        .isEqualTo("{\"b\":\"(masked)\"} [(masked) (masked)] (masked) got (masked)");
  }

  @Test
  void looksAtSecretsOnly() throws Exception {
    List<KubeObject> objects =
        ManifestReader.read("apiVersion: v1\nkind: ConfigMap\ndata: {a: hunter2}");
    assertThat(Masking.of(objects).mask("hunter2")).isEqualTo("hunter2");
  }

  private static String masked(String value, String text) throws Exception {
    String base64 = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    return values("data: {a: " + base64 + "}").mask(text);
  }

  private static Masking values(String data) throws Exception {
    return Masking.of(
        ManifestReader.read("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n" + data));
  }
}
