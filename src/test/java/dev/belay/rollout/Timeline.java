package dev.belay.rollout;

import static dev.belay.rollout.Expect.opens;
import static dev.belay.rollout.Expect.rollsBack;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.api.Condition;
import dev.belay.api.Failure;
import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Rollback;
import dev.belay.api.Told;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.ObjectKey;
import dev.belay.readiness.Cause;
import dev.belay.readiness.Current;
import dev.belay.readiness.Failed;
import dev.belay.readiness.InProgress;
import dev.belay.readiness.Readiness;
import dev.belay.rollout.Observation.Assessed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A release over time: what is observed is set, {@link #at} moves the clock, decides, and saves
 * what the decision says is to be saved, as the watcher does. Times are seconds since noon.
 */
final class Timeline {

  static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  static final Policy POLICY = Policy.DEFAULT;
  static final ObjectKey WEB = new ObjectKey("apps", "Deployment", "shop", "web");
  static final ObjectKey DB = new ObjectKey("apps", "StatefulSet", "shop", "db");

  private ReleaseStatus status;
  private Mode mode = Mode.ENFORCE;
  private Observation.Helm helm = record(1, HelmStatus.DEPLOYED, "", 0, 0, "");
  private final List<Assessed> objects = new ArrayList<>();
  private int restarts;
  private Instant now = NOON;
  private Policy policy = POLICY;

  private Timeline(ReleaseStatus status) {
    this.status = status;
  }

  /** A release that Belay has never seen. */
  static Timeline unknown() {
    return new Timeline(ReleaseStatus.NEW).web(ready());
  }

  /** A release whose Helm revision 1 is its stable revision 1 since long. */
  static Timeline stable() {
    Stable stable = new Stable(1, 1, NOON.minusSeconds(3600));
    return new Timeline(ReleaseStatus.NEW.withStable(stable).withJudged(1)).web(ready());
  }

  /** A release with a stable revision, on which Helm revision 2 failed and is being undone. */
  static Timeline rollingBack() {
    Timeline timeline = stable().helm(2, HelmStatus.DEPLOYED).web(crashing());
    timeline.at(0, opens(2));
    timeline.at(1, rollsBack());
    return timeline;
  }

  /** The same, of which kubectl has changed an object: Helm's revision 1 has its verdict. */
  static Timeline rollingBackAnEdit() {
    Timeline timeline = stable().web(crashing());
    timeline.status =
        timeline.status.withRollback(new Rollback("id", 1, 0, NOON, null, null, List.of()));
    return timeline;
  }

  Timeline policy(Policy value) {
    policy = value;
    return this;
  }

  Timeline mode(Mode value) {
    mode = value;
    return this;
  }

  /** Helm's newest record is this one, written just now, which is when it began. */
  Timeline helm(int revision, HelmStatus helmStatus) {
    boolean same = revision == helm.revision();
    Instant startedAt = same ? helm.startedAt() : now;
    helm = new Observation.Helm(revision, helmStatus, "", startedAt, now, "");
    return this;
  }

  Timeline helm(int revision, HelmStatus helmStatus, String description) {
    helm(revision, helmStatus);
    helm =
        new Observation.Helm(
            revision, helmStatus, description, helm.startedAt(), helm.changedAt(), "");
    return this;
  }

  Timeline helm(
      int revision, HelmStatus helmStatus, long startedAt, long changedAt, String rollbackId) {
    helm = record(revision, helmStatus, "", startedAt, changedAt, rollbackId);
    return this;
  }

  Timeline web(Readiness readiness) {
    return object(WEB, readiness);
  }

  Timeline object(ObjectKey key, Readiness readiness) {
    return object(key, readiness, null);
  }

  /** An object with a timeout of its own. */
  Timeline object(ObjectKey key, Readiness readiness, @Nullable Duration timeout) {
    objects.removeIf(object -> object.key().equals(key));
    objects.add(new Assessed(key, readiness, timeout));
    return this;
  }

  Timeline restarts(int value) {
    restarts = value;
    return this;
  }

  /** The running rollback has done its last step now. */
  Timeline restored() {
    Rollback rollback = status.rollback();
    assertThat(rollback).isNotNull();
    status = status.withRollback(rollback.restored(now)).withJudged(helm.revision());
    return this;
  }

  Timeline wait(int seconds) {
    now = now.plusSeconds(seconds);
    return this;
  }

  ReleaseStatus status() {
    return status;
  }

  /** Decides at this second, checks that, and saves what is to be saved. */
  Timeline at(long second, Consumer<Decision> expected) {
    expected.accept(decides(second, Decision.class));
    return this;
  }

  /** As {@link #at}, and answers the decision, which has to be of this type. */
  <D extends Decision> D decides(long second, Class<D> type) {
    Instant then = NOON.plusSeconds(second);
    assertThat(then).as("time goes on").isAfterOrEqualTo(now);
    now = then;
    boolean asked = Rollout.needsObjects(status, helm) || Rollout.followsClient(status, helm);
    Observation seen =
        new Observation(mode, helm, asked ? List.copyOf(objects) : List.of(), asked ? restarts : 0);
    Decision decision = Rollout.decide(status, seen, policy, now);
    assertThat(Rollout.decide(status, seen, policy, now)).isEqualTo(decision);
    save(decision);
    assertThat(decision).isInstanceOf(type);
    return type.cast(decision);
  }

  private void save(Decision decision) {
    switch (decision) {
      case Decision.Open open -> {
        boolean over = status.rollback() != null && status.rollback().finishedAt() == null;
        status = status.withChangeSet(open.changeSet());
        status = over ? status.withRollback(null) : status;
      }
      case Decision.Wait wait ->
          status = said(status.withChangeSet(wait.changeSet()), wait.reason());
      case Decision.Tell tell ->
          status =
              status
                  .withChangeSet(tell.changeSet())
                  .withFailure(failure(tell.cause()))
                  .withTold(told(tell));
      case Decision.Promote promote -> {
        int number = status.stable() == null ? 1 : status.stable().revision() + 1;
        status =
            status
                .withStable(new Stable(number, promote.changeSet().helmRevision(), now))
                .withJudged(promote.changeSet().helmRevision())
                .withChangeSet(null)
                .withRollback(null);
      }
      case Decision.RollBack rollBack ->
          status =
              status.withRollback(
                  new Rollback(
                      "rollback-of-" + helm.revision(),
                      status.stable().revision(),
                      helm.revision(),
                      now,
                      null,
                      null,
                      List.of()));
      case Decision.RolledBack rolledBack -> finish();
      case Decision.RollbackFailed failed -> finish();
      case Decision.Leave leave ->
          status =
              said(
                  status.withChangeSet(leave.changeSet()).withFailure(failure(leave.cause())),
                  leave.reason());
      case Decision.Settled settled -> {}
      case Decision.Forget forget -> {}
      case Decision.Resume resume -> {}
      case Decision.AwaitRestored await ->
          status = status.withRollback(status.rollback().withProgress(await.progress()));
    }
  }

  /** What the watcher says of it. */
  private ReleaseStatus said(ReleaseStatus saved, Reason reason) {
    return saved.withCondition(new Condition(Condition.READY, "False", reason.name(), "", now));
  }

  private Failure failure(Cause cause) {
    return new Failure(
        helm.revision(),
        cause.reason(),
        cause.object().display() + ": " + cause.message(),
        cause.evidence(),
        cause.object().display(),
        cause.pod(),
        cause.container(),
        cause.exitCode() == Cause.NO_EXIT ? null : cause.exitCode(),
        "",
        null,
        now,
        List.of(),
        List.of(),
        List.of());
  }

  private Told told(Decision.Tell tell) {
    return new Told(
        helm.revision(),
        now,
        null,
        tell.unready().stream()
            .map(
                key ->
                    new Told.Workload(
                        "apps/v1", key.kind(), key.namespace(), key.name(), key.name(), 1))
            .toList());
  }

  private void finish() {
    status = status.withChangeSet(null).withRollback(status.rollback().finished(now));
  }

  static Readiness ready() {
    return new Current("Available: 3/3");
  }

  static Readiness starting() {
    return new InProgress("Ready: 1/3", "web-1", "web");
  }

  static Readiness crashing() {
    return new Failed(
        new Cause("CrashLoop", WEB, "web-1", "web", 3, 3, "container web exited 3: no db"));
  }

  static Instant second(long second) {
    return NOON.plus(Duration.ofSeconds(second));
  }

  private static Observation.Helm record(
      int revision,
      HelmStatus helmStatus,
      String description,
      long startedAt,
      long changedAt,
      String rollbackId) {
    return new Observation.Helm(
        revision, helmStatus, description, second(startedAt), second(changedAt), rollbackId);
  }
}
