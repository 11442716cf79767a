package dev.belay.rollout;

import static dev.belay.rollout.Timeline.WEB;
import static dev.belay.rollout.Timeline.ready;
import static dev.belay.rollout.Timeline.second;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Condition;
import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.api.Refusal;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.readiness.Readiness;
import dev.belay.rollout.Observation.Assessed;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** As {@link Timeline}, of a release whose client writes no record. */
final class MembersTimeline {

  private ReleaseStatus status;
  private Policy policy = Policy.DEFAULT;
  private Mode mode = Mode.ENFORCE;
  private boolean empty;
  private String digest = "a";
  private Instant first = second(-9000);
  private Instant last = second(-9000);
  private final Map<String, Instant> writtenAt = new HashMap<>();
  private Readiness web = ready();
  private boolean ownData;
  private Instant now = Timeline.NOON;

  private MembersTimeline(ReleaseStatus status) {
    this.status = status;
  }

  static MembersTimeline unknown() {
    return new MembersTimeline(ReleaseStatus.NEW);
  }

  /** A release whose members are since long as digest {@code a} says. */
  static MembersTimeline stable() {
    return new MembersTimeline(ReleaseStatus.NEW.withStable(new Stable(1, 0, second(-3600), "a")));
  }

  MembersTimeline policy(Policy value) {
    policy = value;
    return this;
  }

  MembersTimeline mode(Mode value) {
    mode = value;
    return this;
  }

  /** The members are as this says, and the last of those that differ was written then. */
  MembersTimeline changed(String value, long at) {
    digest = value;
    empty = false;
    last = second(at);
    first = first.isBefore(second(-3600)) ? last : first;
    return this;
  }

  /** The first of those that differ was written then. */
  MembersTimeline first(long at) {
    first = second(at);
    return this;
  }

  /** Only deletions make the members differ: nothing that is there has been written. */
  MembersTimeline missing(String value) {
    digest = value;
    first = Instant.MAX;
    last = Instant.EPOCH;
    return this;
  }

  MembersTimeline gone() {
    digest = "";
    empty = true;
    first = Instant.MAX;
    last = Instant.EPOCH;
    return this;
  }

  MembersTimeline web(Readiness value) {
    web = value;
    return this;
  }

  /** All that differs is what an application writes for itself. */
  MembersTimeline ownData() {
    ownData = true;
    return this;
  }

  MembersTimeline written(String object, long at) {
    writtenAt.put(object, second(at));
    return this;
  }

  MembersTimeline refused(String object, long at) {
    return refused(
        object,
        at,
        object + " of release shop is refused: a target must be above 0 (to be warned only: x)");
  }

  MembersTimeline refused(String object, long at, String message) {
    status = status.withRefusal(new Refusal(second(at), object, message, "u", "kubectl", true));
    return this;
  }

  MembersTimeline emptied() {
    empty = true;
    return this;
  }

  /** The running rollback has done its last step, and this is what it left. */
  MembersTimeline restored(String left) {
    Rollback rollback = Objects.requireNonNull(status.rollback());
    Stable stable = Objects.requireNonNull(status.stable());
    status = status.withRollback(rollback.restored(now)).withStable(stable.withDigest(left));
    digest = left;
    return this;
  }

  MembersTimeline at(long at, Consumer<Decision> expected) {
    expected.accept(decides(at, Decision.class));
    return this;
  }

  <D extends Decision> D decides(long at, Class<D> type) {
    assertThat(second(at)).as("time goes on").isAfterOrEqualTo(now);
    now = second(at);
    Members seen =
        new Members(mode, empty, digest, first, last, writtenAt, "kubectl", ownData, List.of(), 0);
    if (Declarative.needsObjects(status, seen, policy, now)) {
      seen = seen.assessed(empty ? List.of() : List.of(new Assessed(WEB, web)), 0);
    }
    Decision decision = Declarative.decide(status, seen, policy, now);
    assertThat(decision).isInstanceOf(type);
    save(decision);
    return type.cast(decision);
  }

  private void save(Decision decision) {
    switch (decision) {
      case Decision.Open open -> {
        boolean over = status.rollback() != null && status.rollback().finishedAt() == null;
        status = status.withChangeSet(open.changeSet());
        status = over ? status.withRollback(null) : status;
      }
      case Decision.Wait wait -> status = status.withChangeSet(wait.changeSet());
      case Decision.Leave leave -> status = status.withChangeSet(leave.changeSet());
      case Decision.Promote promote -> {
        int number = status.stable() == null ? 1 : status.stable().revision() + 1;
        status = status.withStable(new Stable(number, 0, now, digest)).withChangeSet(null);
      }
      case Decision.RollBack rollBack ->
          status = status.withRollback(new Rollback("id", 1, 0, now, null, null, List.of()));
      case Decision.RolledBack rolledBack ->
          status =
              status
                  .withChangeSet(null)
                  .withRollback(Objects.requireNonNull(status.rollback()).finished(now));
      case Decision.RollbackFailed failed -> {
        Rollback rollback = Objects.requireNonNull(status.rollback());
        Stable stable = Objects.requireNonNull(status.stable());
        Instant restoredAt = Objects.requireNonNull(rollback.restoredAt());
        status =
            status
                .withChangeSet(Declarative.restoredLate(stable, rollback, restoredAt))
                .withRollback(rollback.finished(now))
                .withCondition(
                    new Condition(
                        Condition.ROLLED_BACK, "False", Reason.RollbackFailed.name(), "", now));
      }
      case Decision.Tell tell -> throw new AssertionError("nobody waits");
      case Decision.Settled settled -> {}
      case Decision.Forget forget -> {}
      case Decision.Resume resume -> {}
      case Decision.AwaitRestored await ->
          status =
              status.withRollback(
                  Objects.requireNonNull(status.rollback()).withProgress(await.progress()));
    }
  }
}
