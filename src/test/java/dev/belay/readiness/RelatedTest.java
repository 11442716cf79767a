package dev.belay.readiness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelatedTest {

  /** A change may begin within a second; most Events tell whole ones. */
  private static final Instant BEGUN = Instant.parse("2026-01-01T12:00:00.700Z");

  private static final KubeObject OLD = pod("2026-01-01T11:00:00Z");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lastTimestamp: '2026-01-01T12:00:00Z'",
        "lastTimestamp: '2026-01-01T12:00:01Z', firstTimestamp: '2026-01-01T11:00:00Z'",
        "lastTimestamp: null, eventTime: '2026-01-01T12:00:00.800000Z'",
        "eventTime: '2026-01-01T11:00:00.8Z', series: {count: 3, lastObservedTime: '2026-01-01T12:00:03.1Z'}",
        "deprecatedLastTimestamp: '2026-01-01T12:00:01Z', eventTime: null",
      })
  void what_was_seen_since_the_change_began_explains(String times) {
    assertThat(with(times)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lastTimestamp: '2026-01-01T11:59:59Z'",
        "lastTimestamp: null, eventTime: '2026-01-01T11:59:59.999999Z'",
        "eventTime: '2026-01-01T11:00:00Z', series: {count: 3, lastObservedTime: '2026-01-01T11:30:00Z'}",
        "lastTimestamp: yesterday",
        "type: Warning",
      })
  void what_is_older_or_tells_no_time_explains_nothing(String times) {
    assertThat(with(times)).isEmpty();
  }

  /** Its node's clock may be slow. */
  @Test
  void all_that_is_said_of_what_the_change_has_brought_explains() {
    List<KubeObject> early = List.of(event("lastTimestamp: '2026-01-01T11:59:58Z'"));
    assertThat(Related.ofChange(pod("2026-01-01T12:00:00Z"), early, BEGUN)).isEqualTo(early);
    assertThat(Related.ofChange(OLD, early, BEGUN)).isEmpty();
  }

  /** As of every Pod of its node. */
  @Test
  void what_a_node_says_of_its_name_servers_explains_nothing() {
    List<KubeObject> said =
        List.of(event("reason: DNSConfigForming"), event("reason: MissingClusterDNS"));
    assertThat(Related.ofChange(pod("2026-01-01T12:00:00Z"), said, BEGUN)).isEmpty();
  }

  @Test
  void events_are_added_to_those_that_are_known() {
    Related once = Related.NONE.withEvents(OLD, List.of(event("reason: a")), Instant.EPOCH);
    assertThat(once.withEvents(OLD, List.of(event("reason: b")), Instant.EPOCH).events())
        .extracting(event -> event.text("", "reason"))
        .containsExactly("a", "b");
  }

  private static List<KubeObject> with(String times) {
    return Related.NONE.withEvents(OLD, List.of(event(times)), BEGUN).events();
  }

  private static KubeObject event(String fields) {
    return read("{apiVersion: v1, kind: Event, metadata: {name: a}, " + fields + "}");
  }

  private static KubeObject pod(String created) {
    return read("{apiVersion: v1, kind: Pod, metadata: {creationTimestamp: '" + created + "'}}");
  }

  private static KubeObject read(String yaml) {
    try {
      return ManifestReader.read(yaml).getFirst();
    } catch (ManifestException e) {
      throw new AssertionError(yaml, e);
    }
  }
}
