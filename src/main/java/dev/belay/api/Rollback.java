package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rollback: saved before its first step, so that whoever leads next can finish it.
 *
 * @param id unlike that of every other rollback of this release
 * @param toRevision Belay's number of the revision that is restored
 * @param helmRevision Helm's number of the change that failed
 * @param startedAt when it was decided
 * @param restoredAt when all steps were done; null before
 * @param finishedAt when the restored workloads were ready again, or given up; null before
 * @param steps what is done, in this order; each step is done again without harm
 * @param asked whether a person asked for it; no change has failed then, and what is restored has
 *     to prove itself as any other change
 * @param baseline how the objects of the stable revision were when a person asked for it, or, once
 *     it has failed, before the change that it was to undo: what is done next is judged by that
 * @param progress how far the restored objects have come
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record Rollback(
    String id,
    int toRevision,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int helmRevision,
    Instant startedAt,
    @Nullable Instant restoredAt,
    @Nullable Instant finishedAt,
    List<Step> steps,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean asked,
    List<Baseline> baseline,
    List<Progress> progress) {

  /**
   * How long nobody else may write: it takes a second or two, and a watcher that died in the middle
   * must not lock for long. What a client writes after that goes before it.
   */
  public static final Duration LOCK = Duration.ofMinutes(1);

  public Rollback {
    steps = steps == null ? List.of() : List.copyOf(steps);
    baseline = Baseline.bounded(baseline);
    progress = Progress.bounded(progress);
  }

  /** Of a change that failed. */
  public Rollback(
      String id,
      int toRevision,
      int helmRevision,
      Instant startedAt,
      @Nullable Instant restoredAt,
      @Nullable Instant finishedAt,
      List<Step> steps) {
    this(id, toRevision, helmRevision, startedAt, restoredAt, finishedAt, steps, false, List.of());
  }

  /** Of which nothing is restored yet. */
  public Rollback(
      String id,
      int toRevision,
      int helmRevision,
      Instant startedAt,
      @Nullable Instant restoredAt,
      @Nullable Instant finishedAt,
      List<Step> steps,
      boolean asked,
      List<Baseline> baseline) {
    this(
        id,
        toRevision,
        helmRevision,
        startedAt,
        restoredAt,
        finishedAt,
        steps,
        asked,
        baseline,
        List.of());
  }

  /** What is done to an object. */
  public enum Action {
    /** Makes it as it was; creates it where it is gone. */
    Restore,
    /** Takes it away: the failed change created it. */
    Delete,
    /** Leaves it, although the failed change created it: deleting it would lose data. */
    Keep
  }

  /**
   * One step.
   *
   * @param uid the object to delete; empty for the other actions
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Step(
      Action action, String apiVersion, String kind, String namespace, String name, String uid) {
    public Step {
      namespace = namespace == null ? "" : namespace;
      uid = uid == null ? "" : uid;
    }

    public String display() {
      return kind + "/" + name;
    }
  }

  /** Whether it has begun and is neither finished nor given up. */
  public boolean underWay() {
    return finishedAt == null;
  }

  public Rollback restored(Instant at) {
    return new Rollback(id, toRevision, helmRevision, startedAt, at, null, steps, asked, baseline);
  }

  /** Ended; how far it came is of no use any more. */
  public Rollback finished(Instant at) {
    return new Rollback(
        id, toRevision, helmRevision, startedAt, restoredAt, at, steps, asked, baseline);
  }

  public Rollback withBaseline(List<Baseline> value) {
    return new Rollback(
        id,
        toRevision,
        helmRevision,
        startedAt,
        restoredAt,
        finishedAt,
        steps,
        asked,
        value,
        progress);
  }

  public Rollback withProgress(List<Progress> value) {
    return new Rollback(
        id,
        toRevision,
        helmRevision,
        startedAt,
        restoredAt,
        finishedAt,
        steps,
        asked,
        baseline,
        value);
  }
}
