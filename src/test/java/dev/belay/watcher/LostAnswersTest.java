package dev.belay.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.belay.api.Rollback.Action;
import dev.belay.api.Rollback.Step;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Leadership;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Refusing;
import dev.belay.manifest.KubeObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written in a rollback and not answered is looked up, and never done twice. */
class LostAnswersTest {

  private static final ReleaseKey RELEASE = new ReleaseKey("none", "web");

  private final Cluster cluster = new Cluster();
  private final StepRun steps =
      new StepRun(
          cluster, leader(), new RestoreStep(cluster, leader(), new Remaking(cluster, null), null));
  private final KubeObject stable;
  private final KubeObject failed;

  LostAnswersTest() throws Exception {
    stable = Rehearsal.objects(1).getLast();
    failed = Rehearsal.objects(2).getLast();
  }

  @Test
  void a_write_that_was_done_is_not_done_again() {
    cluster.store(failed);
    cluster.fail(Fault.ANSWER_LOST);
    assertThat(restore(false).refusal()).isEmpty();
    assertThat(cluster.writes).containsExactly("replace");
    assertThat(image()).isEqualTo("web:1");
  }

  @Test
  void a_write_that_was_not_done_is() {
    cluster.store(failed);
    cluster.fail(Fault.NOT_DONE, Fault.SERVER_ERROR);
    assertThat(restore(false).refusal()).isEmpty();
    assertThat(cluster.writes).containsExactly("replace");
    assertThat(image()).isEqualTo("web:1");
  }

  @Test
  void what_others_write_meanwhile_is_seen() {
    cluster.store(failed);
    cluster.fail(Fault.CONFLICT, Fault.ANSWER_LOST, Fault.CONFLICT);
    assertThat(restore(false).refusal()).isEmpty();
    assertThat(image()).isEqualTo("web:1");
  }

  @Test
  void one_that_is_made_anew_is_made_once() {
    cluster.fail(Fault.ANSWER_LOST);
    assertThat(restore(false).refusal()).isEmpty();
    // The managers are put back once it is there.
    assertThat(cluster.writes).containsExactly("create", "managers");
  }

  @Test
  void one_that_is_deleted_is_deleted_once() {
    cluster.store(failed);
    cluster.fail(Fault.SERVER_ERROR, Fault.ANSWER_LOST);
    Step delete = new Step(Action.Delete, "apps/v1", "Deployment", "none", failed.name(), "u1");
    assertThat(steps.run(RELEASE, delete, null, null, false, false).refusal()).isEmpty();
    assertThat(cluster.writes).containsExactly("delete");
    assertThat(cluster.live(failed, "none")).isEmpty();
  }

  @Test
  void who_never_answers_is_asked_in_a_later_pass() {
    cluster.store(failed);
    cluster.fail(Fault.NOT_DONE, Fault.NOT_DONE, Fault.NOT_DONE, Fault.NOT_DONE);
    assertThatThrownBy(() -> restore(false))
        .isInstanceOfSatisfying(ClusterException.class, e -> assertThat(e.isPassing()).isTrue());
  }

  /** An authorizer, a quota or a webhook in trouble says the same as one that means it. */
  @Test
  void one_that_is_not_allowed_is_tried_again_until_the_time_is_over() {
    cluster.store(failed);
    // The write of content and managers at once, and that of the content.
    cluster.fail(Fault.FORBIDDEN, Fault.FORBIDDEN);
    StepOutcome refused = restore(false);
    assertThat(refused.again()).isTrue();
    assertThat(refused.refusal()).hasValue("Deployment/web-1: x is forbidden");
    assertThat(restore(false).refusal()).isEmpty();

    cluster.store(failed);
    cluster.fail(Fault.FORBIDDEN, Fault.FORBIDDEN);
    assertThat(restore(true).again()).isFalse();
  }

  @Test
  void one_that_may_not_be_read_too() {
    cluster.store(failed);
    cluster.mayRead = false;
    assertThat(restore(false).again()).isTrue();
    assertThat(restore(true).again()).isFalse();
  }

  private StepOutcome restore(boolean late) {
    Step step = new Step(Action.Restore, "apps/v1", "Deployment", "none", stable.name(), "");
    return steps.run(RELEASE, step, stable, null, late, false);
  }

  private String image() {
    JsonNode containers =
        cluster.live(stable, "none").orElseThrow().podTemplate().at("/spec/containers");
    return containers.path(0).path("image").asText();
  }

  private static Leadership leader() {
    return new Leadership(null, null, "belay-system", Duration.ofSeconds(15)) {
      @Override
      public void requireHeld() {
        // It leads.
      }
    };
  }

  private enum Fault {
    NOT_DONE,
    ANSWER_LOST,
    SERVER_ERROR,
    CONFLICT,
    FORBIDDEN
  }

  /** One object, and writes of it that fail as they were told to. */
  private static final class Cluster extends Objects {

    private final List<String> writes = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private @Nullable KubeObject object;
    private int version = 100;
    private boolean mayRead = true;

    Cluster() {
      super(null, null);
    }

    void fail(Fault... next) {
      faults.addAll(List.of(next));
    }

    void store(KubeObject stored) {
      KubeObject copy = stored.copy();
      ObjectNode metadata = copy.json().withObjectProperty("metadata");
      metadata.put("resourceVersion", Integer.toString(++version)).put("uid", "u1");
      object = copy;
    }

    private ApiResponse stored() {
      return new ApiResponse(200, object.copy().json(), List.of());
    }

    private ApiResponse write(String what, KubeObject sent, Supplier<ApiResponse> done) {
      Fault fault = faults.isEmpty() ? null : faults.removeFirst();
      if (fault == Fault.NOT_DONE) {
        throw new ClusterException("reset", 0);
      }
      if (fault == Fault.SERVER_ERROR) {
        return Refusing.of(500, "etcdserver: leader changed");
      }
      if (fault == Fault.FORBIDDEN) {
        return Refusing.of(403, "x is forbidden");
      }
      if (fault == Fault.CONFLICT && object != null) {
        store(object);
      }
      boolean old = object != null && !sent.resourceVersion().equals(object.resourceVersion());
      if (old) {
        return Refusing.of(409, "conflict");
      }
      writes.add(what);
      ApiResponse answer = done.get();
      if (fault == Fault.ANSWER_LOST) {
        throw new ClusterException("lost", 0);
      }
      return answer;
    }

    @Override
    public Optional<KubeObject> get(String apiVersion, String kind, String namespace, String name) {
      if (!mayRead) {
        throw new ClusterException("x is forbidden", 403);
      }
      return Optional.ofNullable(object).map(KubeObject::copy);
    }

    @Override
    public ApiResponse create(KubeObject sent) {
      return write(
          "create",
          sent,
          () -> {
            store(sent);
            return stored();
          });
    }

    @Override
    public ApiResponse replace(KubeObject sent) {
      return replaceAs("", sent);
    }

    @Override
    public ApiResponse replaceAs(String manager, KubeObject sent) {
      return write(
          "replace",
          sent,
          () -> {
            store(sent);
            return stored();
          });
    }

    @Override
    public ApiResponse replaceManagedFields(KubeObject live, JsonNode managedFields) {
      return write(
          "managers",
          live,
          () -> {
            live.json().withObjectProperty("metadata").set("managedFields", managedFields);
            store(live);
            return stored();
          });
    }

    @Override
    public ApiResponse delete(KubeObject live) {
      return write(
          "delete",
          live,
          () -> {
            object = null;
            return new ApiResponse(200, live.json(), List.of());
          });
    }
  }
}
