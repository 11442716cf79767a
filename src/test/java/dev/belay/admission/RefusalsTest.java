package dev.belay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.api.Reason;
import dev.belay.api.Refusal;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.cluster.EventWriter;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestReader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A refusal is what a rollback of its siblings is for: it is not lost. */
class RefusalsTest {

  private final List<String> told = new ArrayList<>();
  private Release stored;
  private int conflicts;

  @Test
  void the_first_of_a_release_is_put_down_though_another_writes_to_what_was_just_made()
      throws Exception {
    conflicts = 1;
    KubeObject object =
        ManifestReader.read("{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}").getFirst();
    Review review = Reviews.of(object);
    Answer refused = Answer.deny("ConfigMap/web", "no", List.of(), List.of());
    Deadline soon = new Deadline(System.nanoTime() + Duration.ofSeconds(5).toNanos());
    new Refusals(releases(), events(), belonging(), new ServerClock())
        .record(review, refused, true, soon);
    assertThat(stored.status().refusals()).extracting(Refusal::message).containsExactly("no");
    assertThat(told).containsExactly("no");
  }

  private static Belonging belonging() {
    return new Belonging(null, null, null) {
      @Override
      Optional<String> of(Review review, Duration atMost) {
        return Optional.of("web");
      }
    };
  }

  private EventWriter events() {
    return new EventWriter(null) {
      @Override
      public void write(Release release, Reason reason, String message, Instant at) {
        told.add(message);
      }
    };
  }

  private Releases releases() {
    return new Releases(null, null, null) {
      @Override
      public Optional<Release> get(String namespace, String name) {
        return Optional.ofNullable(stored);
      }

      @Override
      public Release create(String namespace, String name) {
        stored =
            new Release(KubeObject.of(JsonNodeFactory.instance.objectNode()), ReleaseStatus.NEW);
        return stored;
      }

      @Override
      public Release update(Release release, ReleaseStatus status) {
        if (conflicts-- > 0) {
          throw new ClusterException("modified", 409);
        }
        stored = new Release(release.object(), status);
        return stored;
      }
    };
  }
}
