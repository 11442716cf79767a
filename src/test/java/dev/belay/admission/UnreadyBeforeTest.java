package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Baseline;
import dev.belay.api.Condition;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.ChangeSet;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Unready;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import dev.belay.readiness.AsBefore;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An object that lacks Pods says so to the gate for the last time. */
class UnreadyBeforeTest {

  private static final Instant AT = Instant.parse("2026-01-01T12:00:00Z");

  private ReleaseStatus status =
      ReleaseStatus.NEW
          .withStable(new Stable(1, 2, AT))
          .withCondition(new Condition(Condition.READY, "True", "Verified", "", AT));

  private int conflicts;
  private boolean slow;

  @Test
  void what_lacks_pods_is_put_down_with_what_it_was_wanted_to_be() throws Exception {
    conflicts = 2;
    note(review(2));
    assertThat(status.unready())
        .extracting(Unready::was)
        .containsExactly(new Baseline("StatefulSet.apps/shop/db", 3, 2, false));
    assertThat(status.unready().getFirst().wanted()).isEqualTo(AsBefore.wanted(set("db:1", 2)));
  }

  @Test
  void what_is_ready_is_not() throws Exception {
    note(review(3));
    assertThat(status.unready()).isEmpty();
  }

  @Test
  void a_question_and_an_object_that_comes_new_are_not() throws Exception {
    Review question = review(2);
    ((ObjectNode) question.request()).put("dryRun", true);
    note(question);
    Review created = review(2);
    ((ObjectNode) created.request()).put("operation", "CREATE");
    note(created);
    assertThat(status.unready()).isEmpty();
  }

  @Test
  void what_is_being_changed_already_or_has_not_proved_itself_is_not() throws Exception {
    ReleaseStatus atRest = status;
    status = atRest.withChangeSet(new ChangeSet(3, AT, null, null, 0));
    note(review(2));
    assertThat(status.unready()).isEmpty();
    status =
        atRest.withCondition(new Condition(Condition.READY, "False", "RollbackFailed", "", AT));
    note(review(2));
    assertThat(status.unready()).isEmpty();
  }

  @Test
  void nobody_waits_for_it_for_long() throws Exception {
    slow = true;
    long begun = System.nanoTime();
    note(review(2));
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    assertThat(status.unready()).isEmpty();
  }

  private void note(Review review) {
    Deadline deadline = new Deadline(System.nanoTime() + Duration.ofSeconds(10).toNanos());
    Naming naming =
        new Naming(null, null) {
          @Override
          Optional<String> of(Review asked) {
            return Optional.of("web");
          }
        };
    new UnreadyBefore(releases(), naming, new ServerClock()).note(review, deadline);
  }

  private static Review review(int available) throws Exception {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.put("operation", "UPDATE").put("namespace", "shop");
    request.set("object", set("db:2", available).json());
    request.set("oldObject", set("db:1", available).json());
    return new Review("u", request);
  }

  private static KubeObject set(String image, int available) throws Exception {
    return ManifestReader.read(
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db, namespace: shop, generation: 4}
            spec: {replicas: 3, template: {spec: {containers: [{name: db, image: "%1$s"}]}}}
            status: {observedGeneration: 4, replicas: 3, readyReplicas: %2$d, availableReplicas: %2$d}
            """
                .formatted(image, available))
        .getFirst();
  }

  private Releases releases() {
    return new Releases(null, null, null) {
      @Override
      public Optional<Release> get(String namespace, String name) {
        if (slow) {
          try {
            Thread.sleep(Duration.ofMinutes(1));
          } catch (InterruptedException e) {
            throw new ClusterException("interrupted", 0);
          }
        }
        return Optional.of(
            new Release(KubeObject.of(JsonNodeFactory.instance.objectNode()), status));
      }

      @Override
      public Release update(Release release, ReleaseStatus changed) {
        if (conflicts-- > 0) {
          throw new ClusterException("modified", 409);
        }
        status = changed;
        return new Release(release.object(), changed);
      }
    };
  }
}
