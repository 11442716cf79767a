package dev.belay.masking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.manifest.KubeObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A log as a program writes it that has its Secrets from the environment. */
class CanariesTest {

  private static final String LOG =
      """
      C4nary"Pa\\ss&w<rd>9913
      canary-TOKEN-5527
      {"level": "error", "password": "C4nary\\"Pa\\\\ss&w<rd>9913"}
      {"level":"error","password":"C4nary\\"Pa\\\\ss\\u0026w\\u003crd\\u003e9913"}
      dsn: "host=db password=C4nary\\"Pa\\\\ss&w<rd>9913"
      GET https://db/login?p=C4nary%22Pa%5Css%26w%3Crd%3E9913
      Y2FuYXJ5LVRPS0VOLTU1Mjc=
      Y2FuYXJ5LVRPS0VOLTU1Mjc
      Authorization: Basic dXNlcjpjYW5hcnktVE9LRU4tNTUyNw==
      token canary-\u001b[31mTOKEN\u001b[0m-5527
      63616e6172792d544f4b454e2d35353237
      line-one-CANARY | line-two-CANARY
      token canary-TOK... was refused
      pin 8842 refused, pin 913 too
      """;

  private static final String MASKED =
      """
      (masked)
      (masked)
      {"level": "error", "password": "(masked)"}
      {"level":"error","password":"(masked)"}
      dsn: "host=db password=(masked)"
      GET https://db/login?p=(masked)
      (masked)
      (masked)
      Authorization: Basic dXNlcj(masked)
      token (masked)
      (masked)
      (masked) | (masked)
      token (masked)... was refused
      pin (masked) refused, pin 913 too
      """;

  @Test
  void none_of_them_is_told() {
    KubeObject secret = KubeObject.of(JsonNodeFactory.instance.objectNode());
    secret.json().put("apiVersion", "v1").put("kind", "Secret");
    secret
        .json()
        .putObject("stringData")
        .put("password", "C4nary\"Pa\\ss&w<rd>9913")
        .put("token", "canary-TOKEN-5527")
        .put("multi", "line-one-CANARY\nline-two-CANARY")
        .put("pin", "8842")
        .put("short", "913");
    Masking secrets = Masking.of(List.of(secret));
    assertThat(secrets.mask(LOG)).isEqualTo(MASKED);
    for (String line : LOG.lines().toList()) {
      // The last lines of a log are asked for, so that any of them may be the first.
      for (int cut = 1; cut < line.length() - 8; cut++) {
        assertThat(secrets.maskCut(line.substring(cut)))
            .as(line.substring(cut))
            .doesNotContain("rd>9913", "-5527", "OLTU1Mj", "U4tNTUyN", "2d35353237", "rd%3E9913");
      }
    }
  }
}
