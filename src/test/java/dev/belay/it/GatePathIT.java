package dev.belay.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The path is another one in each hour, and what gets around of it is of no use for long. */
@Alone
class GatePathIT {

  private static final String WEBHOOKS = "mutatingwebhookconfiguration/belay";

  @Test
  void thisHoursPathAndThoseBesideItAreLetInAndNothingElse() {
    BelayProcess.running();
    for (int hours = -1; hours <= 1; hours++) {
      assertThat(answer(BelayProcess.secretPath(hours), "-d", "{}"))
          .as("%d hours", hours)
          .isEqualTo("400");
    }
    for (String version : List.of("--http1.1", "--http2")) {
      assertThat(answer(BelayProcess.secretPath(-2), "-d", "{}", version)).isEqualTo("404");
      assertThat(answer(BelayProcess.secretPath(2), "-d", "{}", version)).isEqualTo("404");
      assertThat(answer(BelayProcess.storedKey(), "-d", "{}", version)).isEqualTo("404");
    }
  }

  @Test
  void thePathOfAnHourThatIsOverIsReplacedAndThatOfTheNextOneIsLeft() {
    BelayProcess.running();
    point(-1, -1);
    Awaitility.await("both are pointed at this hour's path")
        .atMost(TestNamespace.PATIENCE)
        .until(() -> (url(0) + url(1)).split(BelayProcess.secretPath(), -1).length == 3);
    point(1, -1);
    Awaitility.await("what is over is replaced")
        .atMost(TestNamespace.PATIENCE)
        .until(() -> url(1).contains(BelayProcess.secretPath()));
    assertThat(url(0)).contains(BelayProcess.secretPath(1));
  }

  @Test
  void whatIsToldWithoutAGateIsNotTheKey() {
    try (TestNamespace shop = TestNamespace.enforced()) {
      String key = BelayProcess.storedKey();
      String policy =
          "[{\"op\": \"replace\", \"path\": \"/webhooks/0/failurePolicy\", \"value\": \"%s\"}]";
      BelayProcess.shutDown();
      patch(policy.formatted("Fail"));
      try {
        String said = shop.kubectl("create", "configmap", "a").fails();
        assertThat(said).contains("failed calling webhook").doesNotContain(key);
        // The next hour's is there when another test has put it there.
        assertThat(List.of(BelayProcess.secretPath(), BelayProcess.secretPath(1)))
            .anyMatch(said::contains);
      } finally {
        patch(policy.formatted("Ignore"));
      }
    }
  }

  /** Anybody on the network can send these, and as many as they like. */
  @Test
  void whatIsNoProperRequestIsAnsweredAndLeavesNoWordInTheLog() throws IOException {
    BelayProcess belay = BelayProcess.running();
    int errors = BelayProcess.logged("ERROR").size();
    for (String target : List.of("?a=b", "x", "/%zz", "*")) {
      for (URI port : List.of(belay.gate("/"), belay.management())) {
        assertThat(
                Command.run(
                        Map.of(),
                        List.of(
                            "curl",
                            "-sSk",
                            "--http1.1",
                            "-X",
                            "POST",
                            "--request-target",
                            target,
                            "-o",
                            "/dev/null",
                            "-w",
                            "%{http_code}",
                            port.toString()))
                    .succeeds()
                    .out())
            .as(target + " to " + port)
            .startsWith("4");
      }
    }
    // Too large, without saying so before: it is answered while the body is read.
    Path body = Path.of(TestNamespace.file(" ".repeat(9 * 1024 * 1024)));
    assertThat(
            answer(
                BelayProcess.secretPath(),
                "--data-binary",
                "@" + body,
                "-H",
                "Transfer-Encoding: chunked"))
        .isEqualTo("413");
    Files.delete(body);
    Awaitility.await("nothing is logged")
        .during(Duration.ofSeconds(2))
        .atMost(TestNamespace.PATIENCE)
        .until(() -> BelayProcess.logged("ERROR").size() == errors);
  }

  /** The status of the answer to what is no review. */
  private static String answer(String secret, String... sent) {
    List<String> words =
        new ArrayList<>(
            List.of("curl", "-sSk", "--http1.1", "-o", "/dev/null", "-w", "%{http_code}"));
    words.addAll(List.of(sent));
    words.add(BelayProcess.running().gate("/" + secret + "/enforce/final").toString());
    return Command.run(Map.of(), words).succeeds().out();
  }

  /** Points the first two entries at the paths of the hours that begin in so many hours. */
  private static void point(int... hours) {
    List<String> patches = new ArrayList<>();
    for (int entry = 0; entry < hours.length; entry++) {
      patches.add(
          "{\"op\": \"replace\", \"path\": \"/webhooks/%d/clientConfig/url\", \"value\": \"%s\"}"
              .formatted(
                  entry,
                  url(entry).replaceFirst("[0-9a-f]{64}", BelayProcess.secretPath(hours[entry]))));
    }
    patch(patches.toString());
  }

  private static String url(int entry) {
    return TestNamespace.kubectlAnywhere(
            "get", WEBHOOKS, "-o", "jsonpath={.webhooks[" + entry + "].clientConfig.url}")
        .succeeds()
        .out();
  }

  private static void patch(String patch) {
    TestNamespace.kubectlAnywhere("patch", WEBHOOKS, "--type=json", "-p", patch).succeeds();
  }
}
