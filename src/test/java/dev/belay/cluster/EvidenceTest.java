package dev.belay.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.belay.manifest.KubeObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvidenceTest {

  private static final KubeObject POD =
      KubeObject.of(yaml("{kind: Pod, metadata: {name: web-1, namespace: shop, uid: u-1}}"));

  private static final Pattern NUMBER = Pattern.compile("(tailLines|limitBytes)=(\\d+)");

  private String log = "";
  private Function<String, ApiResponse> answer = path -> ok("{kind: EventList, items: []}");
  private final FakeApiServer api =
      new FakeApiServer() {
        @Override
        ApiResponse answer(String path) {
          return answer.apply(path);
        }

        @Override
        byte[] answerBytes(String path) {
          return path.contains("previous=true") ? kubelet(path) : new byte[0];
        }
      };
  private final Evidence evidence = new Evidence(api);

  @Test
  void the_events_of_one_object_are_asked_for_with_one_request() {
    answer =
        path -> ok("{kind: EventList, metadata: {continue: more}, items: [{reason: Unhealthy}]}");

    assertThat(evidence.events(POD))
        .extracting(event -> event.kind() + " " + event.text("", "reason"))
        .containsExactly("Event Unhealthy");
    assertThat(api.asked)
        .containsExactly(
            "/api/v1/namespaces/shop/events?fieldSelector=involvedObject.uid%3Du-1&limit=500");
  }

  /** The role of an older install grants no list. */
  @Test
  void without_the_right_they_are_not_known_and_not_asked_for_with_every_look() {
    answer = path -> new ApiResponse(403, yaml("{message: events is forbidden}"), List.of());

    assertThat(evidence.events(POD)).isEmpty();
    assertThat(evidence.events(POD)).isEmpty();
    assertThat(api.asked).hasSize(1);
  }

  @Test
  void nothing_waits_for_events_that_do_not_come() {
    answer =
        path -> {
          throw new ClusterException("no answer", 0);
        };
    assertThat(evidence.events(POD)).isEmpty();
    answer = path -> new ApiResponse(504, MissingNode.getInstance(), List.of());
    assertThat(evidence.events(POD)).isEmpty();
    answer = path -> ok("{kind: EventList, items: [{reason: Unhealthy}]}");
    assertThat(evidence.events(POD)).as("asked again").hasSize(1);
  }

  @Test
  void what_is_not_there_yet_or_of_the_cluster_has_none() {
    assertThat(evidence.events(KubeObject.of(yaml("{metadata: {name: a, namespace: b}}"))))
        .isEmpty();
    assertThat(evidence.events(KubeObject.of(yaml("{metadata: {name: a, uid: u}}")))).isEmpty();
    assertThat(api.asked).isEmpty();
  }

  @Test
  void of_short_lines_twenty_are_read_at_once() {
    log = lines(30, 1_000);

    Evidence.LogEnd end = evidence.log("shop", "web-1", "web");

    assertThat(end.text().lines()).hasSize(20).last().asString().startsWith("line 29 ");
    assertThat(end.cut()).as("the first of them may be the rest of one").isTrue();
    assertThat(logsAsked()).isEqualTo(1);
  }

  @Test
  void a_log_of_few_lines_is_whole() {
    log = "starting\ncannot connect to db\n";
    assertThat(evidence.log("shop", "web-1", "web")).isEqualTo(new Evidence.LogEnd(log, false));
  }

  /** The cause stands in the last line, and a limit of bytes leaves out the end. */
  @Test
  void of_long_lines_fewer_are_read_so_that_the_last_is_there() {
    log = lines(30, 10_000);
    assertThat(evidence.log("shop", "web-1", "web").text().lines())
        .hasSize(5)
        .last()
        .asString()
        .startsWith("line 29 ")
        .hasSize(10_000);

    log = lines(30, 40_000);
    assertThat(evidence.log("shop", "web-1", "web").text().lines())
        .hasSize(1)
        .last()
        .asString()
        .startsWith("line 29 ");
  }

  @Test
  void no_more_of_a_log_is_read_than_fits_and_no_character_is_cut_in_half() {
    log = "x" + "ä".repeat(100_000);

    Evidence.LogEnd end = evidence.log("shop", "web-1", "web");

    assertThat(end.text()).hasSize(Evidence.LOG_BYTES / 2).endsWith("ä");
    assertThat(end.cut()).isTrue();
    assertThat(logsAsked()).isEqualTo(3);
  }

  /** Of the run before: that of the one that runs is asked for beside it. */
  private long logsAsked() {
    return api.asked.stream()
        .filter(path -> path.contains("/log?") && path.contains("previous=true"))
        .count();
  }

  private static String lines(int count, int chars) {
    return IntStream.range(0, count)
        .mapToObj(i -> "line " + i + " ")
        .map(line -> line + "x".repeat(chars - line.length()) + "\n")
        .collect(Collectors.joining());
  }

  /** As the kubelet reads a log: it goes back so many lines, and stops after so many bytes. */
  private byte[] kubelet(String path) {
    Map<String, Integer> asked =
        NUMBER
            .matcher(path)
            .results()
            .collect(Collectors.toMap(m -> m.group(1), m -> Integer.parseInt(m.group(2))));
    List<String> all = log.lines().map(line -> line + "\n").toList();
    int from = Math.max(0, all.size() - asked.get("tailLines"));
    byte[] tail = String.join("", all.subList(from, all.size())).getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(tail, Math.min(tail.length, asked.get("limitBytes")));
  }

  private static ApiResponse ok(String yaml) {
    return new ApiResponse(200, yaml(yaml), List.of());
  }

  private static JsonNode yaml(String yaml) {
    try {
      return new YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
