package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The status of a {@code Release}: everything that a restarted watcher needs to go on, and
 * everything that a person needs to understand.
 *
 * @param client which client changes the release: {@code Helm}
 * @param stable the newest verified revision; null before the first one
 * @param changeSet the change that waits for its verdict; null when there is none
 * @param failure the last change that failed; null when none has
 * @param rollback the last rollback, running or finished; null when there was none
 * @param judged Helm's number of the last revision that has its verdict; 0 when none has
 * @param lineage when the client first installed the release: another time means another release of
 *     the same name, whose predecessor's revisions must not be restored
 * @param refusals what the gate refused last, newest first; written by the gate
 * @param knownBad the change that failed last, while it may not be sent again; null when there is
 *     none
 * @param told what a client that waits for the change was told of its failure, until a minute after
 *     that was taken back; null when there is nothing
 * @param conditions the conditions, one a type
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ReleaseStatus(
    String client,
    @Nullable Stable stable,
    @Nullable ChangeSet changeSet,
    @Nullable Failure failure,
    @Nullable Rollback rollback,
    int judged,
    String lineage,
    List<Refusal> refusals,
    @Nullable KnownBad knownBad,
    @Nullable Told told,
    List<Condition> conditions) {

  public static final ReleaseStatus NEW =
      new ReleaseStatus("", null, null, null, null, 0, "", List.of(), null, null, List.of());

  public ReleaseStatus {
    client = client == null ? "" : client;
    lineage = lineage == null ? "" : lineage;
    refusals = refusals == null ? List.of() : List.copyOf(refusals);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /**
   * A verified revision.
   *
   * @param revision Belay's number
   * @param helmRevision Helm's number of the record that describes the same state now
   * @param verifiedAt when it had proved itself
   */
  @RegisterForReflection
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Stable(int revision, int helmRevision, Instant verifiedAt) {}

  /**
   * A change without a verdict.
   *
   * @param helmRevision Helm's number of it
   * @param startedAt when its client began
   * @param settledAt when its client was done; null while it is not
   * @param currentSince since when all workloads are ready; null while they are not
   * @param restarts restarts of the new Pods, as counted at {@code currentSince}
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ChangeSet(
      int helmRevision,
      Instant startedAt,
      @Nullable Instant settledAt,
      @Nullable Instant currentSince,
      int restarts) {}

  /** Whether the watcher has looked at the release; the gate may have written of it before. */
  public boolean known() {
    return stable != null || changeSet != null || judged != 0 || !lineage.isEmpty();
  }

  public ReleaseStatus withClient(String value) {
    return new ReleaseStatus(
        value,
        stable,
        changeSet,
        failure,
        rollback,
        judged,
        lineage,
        refusals,
        knownBad,
        told,
        conditions);
  }

  public ReleaseStatus withStable(Stable value) {
    return new ReleaseStatus(
        client,
        value,
        changeSet,
        failure,
        rollback,
        judged,
        lineage,
        refusals,
        knownBad,
        told,
        conditions);
  }

  public ReleaseStatus withChangeSet(@Nullable ChangeSet value) {
    return new ReleaseStatus(
        client,
        stable,
        value,
        failure,
        rollback,
        judged,
        lineage,
        refusals,
        knownBad,
        told,
        conditions);
  }

  public ReleaseStatus withFailure(@Nullable Failure value) {
    return new ReleaseStatus(
        client,
        stable,
        changeSet,
        value,
        rollback,
        judged,
        lineage,
        refusals,
        knownBad,
        told,
        conditions);
  }

  public ReleaseStatus withRollback(@Nullable Rollback value) {
    return new ReleaseStatus(
        client,
        stable,
        changeSet,
        failure,
        value,
        judged,
        lineage,
        refusals,
        knownBad,
        told,
        conditions);
  }

  public ReleaseStatus withJudged(int helmRevision) {
    return new ReleaseStatus(
        client,
        stable,
        changeSet,
        failure,
        rollback,
        helmRevision,
        lineage,
        refusals,
        knownBad,
        told,
        conditions);
  }

  public ReleaseStatus withLineage(String value) {
    return new ReleaseStatus(
        client,
        stable,
        changeSet,
        failure,
        rollback,
        judged,
        value,
        refusals,
        knownBad,
        told,
        conditions);
  }

  public ReleaseStatus withKnownBad(@Nullable KnownBad value) {
    return new ReleaseStatus(
        client,
        stable,
        changeSet,
        failure,
        rollback,
        judged,
        lineage,
        refusals,
        value,
        told,
        conditions);
  }

  public ReleaseStatus withTold(@Nullable Told value) {
    return new ReleaseStatus(
        client,
        stable,
        changeSet,
        failure,
        rollback,
        judged,
        lineage,
        refusals,
        knownBad,
        value,
        conditions);
  }

  /** With this refusal as the newest; an older one that says the same goes. */
  public ReleaseStatus withRefusal(Refusal refusal) {
    List<Refusal> kept = new ArrayList<>(List.of(refusal));
    refusals.stream()
        .filter(older -> !older.repeats(refusal))
        .limit(Refusal.KEPT - 1)
        .forEach(kept::add);
    return new ReleaseStatus(
        client,
        stable,
        changeSet,
        failure,
        rollback,
        judged,
        lineage,
        kept,
        knownBad,
        told,
        conditions);
  }

  /** With this condition in place of the one of its type, keeping when its status last changed. */
  public ReleaseStatus withCondition(Condition condition) {
    List<Condition> changed = new ArrayList<>();
    Condition added = condition;
    for (Condition present : conditions) {
      if (present.type().equals(condition.type())) {
        added = condition.since(present);
      } else {
        changed.add(present);
      }
    }
    changed.add(added);
    return new ReleaseStatus(
        client, stable, changeSet, failure, rollback, judged, lineage, refusals, knownBad, told,
        changed);
  }
}
