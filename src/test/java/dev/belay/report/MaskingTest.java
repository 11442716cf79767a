package dev.belay.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaskingTest {

  @Test
  void masksAValueDecodedAndInBase64() throws Exception {
    Set<String> values = values("data: {password: aHVudGVyMg==}");
    assertThat(Masking.mask("login hunter2 failed, sent aHVudGVyMg==.", values))
        .isEqualTo("login (masked) failed, sent (masked).");
  }

  @Test
  void masksStringDataInBase64Too() throws Exception {
    assertThat(Masking.mask("hunter2 aHVudGVyMg==", values("stringData: {p: hunter2}")))
        .isEqualTo("(masked) (masked)");
  }

  @Test
  void masksTheLongerOfTwoValuesFirst() throws Exception {
    assertThat(
            Masking.mask("hunter2-is-long", values("stringData: {a: hunter2, b: hunter2-is-long}")))
        .isEqualTo("(masked)");
  }

  @Test
  void masksNothingTwice() throws Exception {
    assertThat(Masking.mask("x is hunter2", values("stringData: {a: hunter2, b: masked}")))
        .isEqualTo("x is (masked)");
  }

  /** As a log whose last lines were asked for. */
  @Test
  void masksWhatIsLeftOfAValueWhereATextWasCut() throws Exception {
    Set<String> values = values("stringData: {p: correct-horse-battery, q: hunter2}");
    assertThat(Masking.maskCut("se-battery is wrong\nsee correct-horse", values))
        .isEqualTo("(masked) is wrong\nsee (masked)");
    assertThat(Masking.maskCut("correct-horse-battery, hunter2, see hunt", values))
        .as("whole ones too")
        .isEqualTo("(masked), (masked), see (masked)");
    assertThat(Masking.maskCut("nter2 is wrong, said hunter", values))
        .isEqualTo("(masked) is wrong, said (masked)");
  }

  @Test
  void leavesWhereATextWasCutWhatIsShortOrInAWord() throws Exception {
    Set<String> values = values("stringData: {p: correct-horse-battery, q: hunter2, r: test}");
    for (String text : List.of("ry is wrong, said cor", "tteryfied, a mishunt", "er2", "")) {
      assertThat(Masking.maskCut(text, values)).isEqualTo(text);
    }
    String inside = "said se-battery, correct-horse and more";
    assertThat(Masking.maskCut(inside, values)).as("not at an end").isEqualTo(inside);
  }

  @Test
  void leavesShortAndEverydayValues() throws Exception {
    Set<String> values = values("stringData: {a: no, b: '80', c: 'true', d: ''}");
    assertThat(Masking.mask("no, true, port 80 is closed", values))
        .isEqualTo("no, true, port 80 is closed");
  }

  @Test
  void masksAValueOfFewCharactersAsAWordOnly() throws Exception {
    assertThat(Masking.mask("latest test-1 test", values("stringData: {a: test}")))
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
    assertThat(Masking.mask("dial amqp://me:hunter2@mq:5672/ failed", Set.of()))
        .isEqualTo("dial amqp://me:(masked)@mq:5672/ failed");
  }

  @Test
  void takesTheValueLiterally() throws Exception {
    assertThat(Masking.mask("a $1.*[x] b", values("stringData: {a: '$1.*[x]'}")))
        .isEqualTo("a (masked) b");
  }

  @Test
  void masksWhatStandsWhereAValueShould() throws Exception {
    Set<String> values =
        values("stringData: {a: {b: hunter2}, c: [hunter3, 87654321], d: 1.5e40}\ndata: hunter4");
    assertThat(Masking.mask("{\"b\":\"hunter2\"} [hunter3 87654321] 1.5e+40 got hunter4", values))
        .isEqualTo("{\"b\":\"(masked)\"} [(masked) (masked)] (masked) got (masked)");
  }

  @Test
  void looksAtSecretsOnly() throws Exception {
    List<KubeObject> objects =
        ManifestReader.read("apiVersion: v1\nkind: ConfigMap\ndata: {a: hunter2}");
    assertThat(Masking.secretValues(objects)).isEmpty();
  }

  private static String masked(String value, String text) throws Exception {
    String base64 = Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    return Masking.mask(text, values("data: {a: " + base64 + "}"));
  }

  private static Set<String> values(String data) throws Exception {
    return Masking.secretValues(
        ManifestReader.read("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n" + data));
  }
}
