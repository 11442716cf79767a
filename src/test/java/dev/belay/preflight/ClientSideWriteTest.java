package dev.belay.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.belay.cluster.Actor;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.helm.HelmRecord;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ManifestReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An object that somebody else keeps writing while it is asked about. */
class ClientSideWriteTest {

  private static final String NEW =
      """
      apiVersion: batch/v1
      kind: Job
      metadata: {name: migrate, namespace: shop}
      spec: {template: {spec: {restartPolicy: Never}}}
      """;

  private final List<String> versions = new ArrayList<>();
  private int writes = 1;

  @Test
  void what_controllers_write_in_between_is_no_reason_to_know_nothing() throws Exception {
    assertThat(forced(4)).isInstanceOf(Outcome.Refused.class);
    assertThat(versions).as("each time as it is now").containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void an_object_that_changes_each_time_is_not_asked_about_for_ever() throws Exception {
    assertThat(forced(Integer.MAX_VALUE)).isInstanceOf(Outcome.Unknown.class);
    assertThat(versions).hasSize(5);
  }

  private Outcome forced(int conflicts) throws ManifestException {
    KubeObject object = ManifestReader.read(NEW).getFirst();
    HelmRecord record = new HelmRecord(JsonNodeFactory.instance.objectNode().put("version", 2));
    Change change = new Change(object, record, "shop", Actor.BELAY, List.of(object), List.of());
    DryRun dryRun =
        new DryRun(null, null, null) {
          @Override
          public Answer replace(KubeObject of, Actor actor, String manager) {
            versions.add(of.resourceVersion());
            return versions.size() <= conflicts
                ? answer(409, "the object has been modified")
                : answer(422, "field is immutable");
          }
        };
    Question question =
        new Question(change, Brought.by(change, any -> Optional.of("brings it")), null, null, null);
    return new ClientSideWrite(dryRun, objects(), null)
        .orForced(question, object, live(), new Outcome.Refused("", "field is immutable"));
  }

  private static DryRun.Answer answer(int code, String message) {
    return new DryRun.Answer(
        KubeObject.of(JsonNodeFactory.instance.objectNode()),
        new ApiResponse(
            code, JsonNodeFactory.instance.objectNode().put("message", message), List.of()),
        true);
  }

  /** The object as it is after one more write of its controller. */
  private KubeObject live() throws ManifestException {
    KubeObject live = ManifestReader.read(NEW).getFirst();
    live.json()
        .withObjectProperty("metadata")
        .put("resourceVersion", Integer.toString(writes++))
        .put("uid", "u");
    return live;
  }

  private Objects objects() {
    return new Objects(null, null) {
      @Override
      public Optional<KubeObject> live(KubeObject object, Actor actor) {
        try {
          return Optional.of(ClientSideWriteTest.this.live());
        } catch (ManifestException e) {
          throw new AssertionError(e);
        }
      }
    };
  }
}
