package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Failure;
import dev.belay.api.KnownBad;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.helm.HelmRecord;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Cause;
import dev.belay.watcher.RollbackStart.Change;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is kept of a failed change that came without a record. */
class BlameTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final KubeObject WEB = object("Deployment", "spec: {image: '1'}");
  private static final KubeObject BAD = object("Deployment", "spec: {image: '2'}");
  private static final KubeObject WORDS = object("ConfigMap", "data: {a: b}");
  private static final KubeObject OTHER = object("ConfigMap", "data: {a: c}");
  private static final Change CHANGE =
      new Change(List.of(WEB, WORDS), Map.of(BAD.key(), BAD, OTHER.key(), OTHER));

  @Test
  void the_workload_is_locked_at_once_and_what_came_with_it_is_only_noted() {
    KnownBad bad = blame(null, crash(), CHANGE);
    assertThat(bad.object()).isEqualTo("Deployment/web");
    assertThat(bad.objectDigest()).isEqualTo(ObjectDigest.of(BAD));
    assertThat(bad.siblings()).containsExactly(ObjectDigest.of(OTHER));
    assertThat(bad.resent()).isFalse();
    assertThat(bad.until()).isEqualTo(NOON.plus(Duration.ofMinutes(5)));
    KnownBad again = blame(bad, crash(), CHANGE);
    assertThat(again.failures()).isEqualTo(2);
    assertThat(again.until()).isEqualTo(NOON.plus(Duration.ofMinutes(10)));
  }

  @Test
  void sent_again_all_of_it_is_locked_until_something_else_is_sent_for_the_workload() {
    Change rest = new Change(List.of(WEB, WORDS), Map.of(WEB.key(), WEB, OTHER.key(), OTHER));
    KnownBad bad = blame(blame(null, crash(), CHANGE), refused("Deployment"), rest);
    assertThat(bad.resent()).isTrue();
    assertThat(bad.failures()).as("it has not failed once more").isEqualTo(1);
    assertThat(bad.objectDigest()).isEqualTo(ObjectDigest.of(BAD));
    assertThat(bad.siblings()).containsExactly(ObjectDigest.of(OTHER));
    KubeObject better = object("ConfigMap", "data: {a: d}");
    Change corrected =
        new Change(List.of(WEB, WORDS), Map.of(WEB.key(), WEB, better.key(), better));
    assertThat(blame(bad, refused("Deployment"), corrected).siblings())
        .as("what is sent beside it now was no part of what failed")
        .containsExactly(ObjectDigest.of(OTHER));

    Map<ObjectKey, String> stable = Map.of(WEB.key(), ObjectDigest.of(WEB));
    assertThat(Blame.corrected(bad, stable, stable).resent()).isTrue();
    assertThat(Blame.corrected(bad, Map.of(WEB.key(), ObjectDigest.of(BAD)), stable).resent())
        .isTrue();
    assertThat(Blame.corrected(bad, Map.of(WEB.key(), "something else"), stable).resent())
        .isFalse();
  }

  @Test
  void where_an_object_was_refused_its_siblings_are_locked_when_it_is_refused_again() {
    KnownBad first = blame(null, refused("HorizontalPodAutoscaler"), CHANGE);
    assertThat(first.object()).isEqualTo("HorizontalPodAutoscaler/web");
    assertThat(first.objectDigest()).isEmpty();
    assertThat(first.resent()).isFalse();
    assertThat(blame(first, refused("HorizontalPodAutoscaler"), CHANGE).resent()).isTrue();
    assertThat(blame(first, refused("Service"), CHANGE).resent()).isFalse();
  }

  @Test
  void a_change_that_did_not_touch_the_workload_is_all_there_is_to_lock() {
    KnownBad bad =
        blame(
            null,
            crash(),
            new Change(List.of(WEB, WORDS), Map.of(WEB.key(), WEB, OTHER.key(), OTHER)));
    assertThat(bad.object()).isEmpty();
    assertThat(bad.resent()).isTrue();
    assertThat(bad.siblings()).containsExactly(ObjectDigest.of(OTHER));
  }

  @Test
  void what_is_refused_again_after_its_time_is_locked_for_longer() {
    KnownBad first = blame(null, refused("HorizontalPodAutoscaler"), CHANGE);
    Instant later = first.until().plusSeconds(1);
    KnownBad second = blame(first, refused("HorizontalPodAutoscaler"), CHANGE, later);
    assertThat(second.failures()).isEqualTo(2);
    assertThat(second.resent()).isTrue();
    assertThat(second.until()).isEqualTo(later.plus(KnownBad.backOff(2)));
  }

  @Test
  void what_is_refused_for_another_reason_is_another_failure() {
    KnownBad first = blame(null, refused("HorizontalPodAutoscaler"), CHANGE);
    Cause other =
        Cause.ofObject(
            "Refused", new ObjectKey("", "HorizontalPodAutoscaler", "", "web"), "refused: else");
    assertThat(Blame.sentAgain(first, other)).isFalse();
  }

  @Test
  void what_helm_has_undone_is_known_by_its_record_and_locked_for_longer_each_time() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("manifest", "a: b");
    HelmRecord record = new HelmRecord(json.put("version", 2));
    KnownBad bad = undone(null, record, "CrashLoop").orElseThrow();
    assertThat(bad.digest()).isEqualTo(ObjectDigest.of("a: b"));
    assertThat(bad.helmRevision()).isEqualTo(2);
    assertThat(bad.object()).as("none is left to be known by").isEmpty();
    KnownBad again =
        undone(bad, new HelmRecord(json.deepCopy().put("version", 4)), "CrashLoop").orElseThrow();
    assertThat(again.failures()).isEqualTo(2);
    assertThat(again.helmRevision()).isEqualTo(2);
    assertThat(undone(null, record, "ClientFailed")).isEmpty();
    ObjectNode hooked = json.deepCopy();
    hooked.putArray("hooks").addObject().put("manifest", "c: d");
    assertThat(undone(bad, new HelmRecord(hooked), "CrashLoop").orElseThrow().failures())
        .as("with another hook it is another change")
        .isEqualTo(1);
  }

  private static Optional<KnownBad> undone(KnownBad last, HelmRecord record, String reason) {
    Failure failure =
        new Failure(
            2, reason, "why", "", "", "", "", null, "", null, NOON, List.of(), List.of(),
            List.of());
    return Blame.ofUndone(
        new Release(WEB, ReleaseStatus.NEW.withKnownBad(last)), record, failure, NOON);
  }

  private static KnownBad blame(KnownBad last, Cause cause, Change change) {
    return blame(last, cause, change, NOON);
  }

  private static KnownBad blame(KnownBad last, Cause cause, Change change, Instant now) {
    Release release = new Release(WEB, ReleaseStatus.NEW.withKnownBad(last));
    Failure failure =
        new Failure(
            0, "R", "why", "", "", "", "", null, "", null, NOON, List.of(), List.of(), List.of());
    return Blame.ofMembers(release, cause, failure, change, now);
  }

  private static Cause crash() {
    return new Cause("CrashLoop", WEB.key(), "web-1", "web", 3, 3, "no db");
  }

  private static Cause refused(String kind) {
    return new Cause("Refused", new ObjectKey("", kind, "", "web"), "", "", -1, 0, "refused: why");
  }

  private static KubeObject object(String kind, String rest) {
    try {
      return ManifestReader.read(
              "apiVersion: %s\nkind: %s\nmetadata: {name: web, namespace: shop}\n%s"
                  .formatted(kind.equals("Deployment") ? "apps/v1" : "v1", kind, rest))
          .getFirst();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
