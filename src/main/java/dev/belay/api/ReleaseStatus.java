package dev.belay.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.belay.manifest.ObjectKey;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The status of a {@code Release}: everything that a restarted watcher needs to go on, and
 * everything that a person needs to understand.
 *
 * @param client which client changes the release: {@code Helm}, {@code kubectl}, {@code Argo CD}
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
 * @param sent who sent the newest change; written by the gate, null where it saw none
 * @param unready what was not ready when the gate let the first change of it through since the last
 *     verdict; written by the gate, taken into the baseline of the change
 * @param history the stored revisions, newest first: only what is listed here, with this digest, is
 *     ever restored, since nobody but Belay can write it
 * @param notCovered what the newest change names and Belay left out, each with the reason
 * @param policy the {@code ReleasePolicy} that holds for it, as last looked at; empty for none
 * @param ignored what the Release is annotated with and Belay can't read; empty when there is
 *     nothing
 * @param nextStep what a person can do now; empty when nothing is to be done
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
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int judged,
    String lineage,
    List<Refusal> refusals,
    @Nullable KnownBad knownBad,
    @Nullable Told told,
    @Nullable Sent sent,
    List<Unready> unready,
    List<Stored> history,
    List<String> notCovered,
    String policy,
    String ignored,
    String nextStep,
    List<Condition> conditions) {

  /** Objects that are named in {@link #notCovered}. */
  private static final int MAX_NOT_COVERED = 20;

  private static final Set<Reason> LEFT =
      Set.of(Reason.NoStableRevision, Reason.RollbackManual, Reason.RollbackOff, Reason.Observed);

  public static final ReleaseStatus NEW =
      new ReleaseStatus(
          "", null, null, null, null, 0, "", List.of(), null, null, null, List.of(), List.of(),
          List.of(), "", "", "", List.of());

  public ReleaseStatus {
    client = client == null ? "" : client;
    lineage = lineage == null ? "" : lineage;
    policy = policy == null ? "" : policy;
    ignored = ignored == null ? "" : ignored;
    nextStep = nextStep == null ? "" : nextStep;
    refusals = refusals == null ? List.of() : List.copyOf(refusals);
    unready = unready == null ? List.of() : List.copyOf(unready);
    history = history == null ? List.of() : List.copyOf(history);
    notCovered = notCovered == null ? List.of() : List.copyOf(notCovered);
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }

  /**
   * A verified revision.
   *
   * @param revision Belay's number
   * @param helmRevision Helm's number of the record that describes the same state now; 0 for other
   *     clients
   * @param verifiedAt when it had proved itself
   * @param digest of the members when they last had a verdict: other members are a change that no
   *     record of a client tells of. Empty where an earlier version of Belay has written it
   */
  @RegisterForReflection
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Stable(
      int revision,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int helmRevision,
      Instant verifiedAt,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String digest) {

    public Stable {
      digest = digest == null ? "" : digest;
    }

    /** Of a client with records of its own. */
    public Stable(int revision, int helmRevision, Instant verifiedAt) {
      this(revision, helmRevision, verifiedAt, "");
    }

    public Stable withDigest(String value) {
      return new Stable(revision, helmRevision, verifiedAt, value);
    }
  }

  /**
   * A stored revision, as Belay stored it. The Secrets that hold it can be written by others.
   *
   * @param revision Belay's number
   * @param helmRevision Helm's number of the same state then; 0 for other clients
   * @param at when it had proved itself
   * @param digest of all that is stored
   */
  @RegisterForReflection
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Stored(
      int revision,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int helmRevision,
      Instant at,
      String digest) {

    public Stored {
      digest = digest == null ? "" : digest;
    }
  }

  /**
   * A change without a verdict.
   *
   * @param helmRevision Helm's number of it; 0 for other clients
   * @param startedAt when its client began
   * @param settledAt when its client was done; null while it is not
   * @param currentSince since when all workloads are ready; null while they are not
   * @param restarts restarts of the new Pods, as counted at {@code currentSince}
   * @param digest of the members as they were last seen; empty for Helm
   * @param changedAt when one of them last changed; null for Helm
   * @param baseline how the objects of the stable revision were when the change was first seen;
   *     empty where that was too late to tell
   * @param progress how far its objects have come
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ChangeSet(
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int helmRevision,
      Instant startedAt,
      @Nullable Instant settledAt,
      @Nullable Instant currentSince,
      @JsonInclude(JsonInclude.Include.NON_DEFAULT) int restarts,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String digest,
      @Nullable Instant changedAt,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Baseline> baseline,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Progress> progress) {

    public ChangeSet {
      digest = digest == null ? "" : digest;
      baseline = Baseline.bounded(baseline);
      progress = Progress.bounded(progress);
    }

    /** Of which nothing is known but what it changes. */
    public ChangeSet(
        int helmRevision,
        Instant startedAt,
        @Nullable Instant settledAt,
        @Nullable Instant currentSince,
        int restarts,
        String digest,
        @Nullable Instant changedAt) {
      this(
          helmRevision,
          startedAt,
          settledAt,
          currentSince,
          restarts,
          digest,
          changedAt,
          List.of(),
          List.of());
    }

    /** Of a client with records of its own. */
    public ChangeSet(
        int helmRevision,
        Instant startedAt,
        @Nullable Instant settledAt,
        @Nullable Instant currentSince,
        int restarts) {
      this(helmRevision, startedAt, settledAt, currentSince, restarts, "", null);
    }

    public ChangeSet withSettled(Instant at) {
      return new ChangeSet(
          helmRevision,
          startedAt,
          at,
          currentSince,
          restarts,
          digest,
          changedAt,
          baseline,
          progress);
    }

    public ChangeSet withCurrent(@Nullable Instant since, int restartsThen) {
      return new ChangeSet(
          helmRevision,
          startedAt,
          settledAt,
          since,
          restartsThen,
          digest,
          changedAt,
          baseline,
          progress);
    }

    public ChangeSet withBaseline(List<Baseline> value) {
      return new ChangeSet(
          helmRevision,
          startedAt,
          settledAt,
          currentSince,
          restarts,
          digest,
          changedAt,
          value,
          progress);
    }

    public ChangeSet withProgress(List<Progress> value) {
      return new ChangeSet(
          helmRevision,
          startedAt,
          settledAt,
          currentSince,
          restarts,
          digest,
          changedAt,
          baseline,
          value);
    }

    /** How this object was when the change was first seen; empty where that is not known. */
    public Optional<Baseline> baseline(ObjectKey key) {
      String object = key.toString();
      return baseline.stream().filter(each -> each.object().equals(object)).findFirst();
    }
  }

  /** Whether the watcher has looked at the release; the gate may have written of it before. */
  public boolean known() {
    return stable != null || changeSet != null || judged != 0 || !lineage.isEmpty();
  }

  /** Whether it is a release of Helm: only of those it is known when they were installed. */
  public boolean ofHelm() {
    return !lineage.isEmpty();
  }

  /** The rollback that is under way; null when none is. */
  public @Nullable Rollback runningRollback() {
    return rollback != null && rollback.underWay() ? rollback : null;
  }

  /**
   * When the last change was judged: what was refused before has had its consequences. The epoch
   * before the first verdict.
   */
  public Instant lastVerdict() {
    Instant last = stable == null ? Instant.EPOCH : stable.verifiedAt();
    if (rollback == null) {
      return last;
    }
    // What was there when a rollback failed is nobody's change after it.
    Instant failedAt = rollbackFailed() ? rollback.finishedAt() : null;
    Instant undone = failedAt == null ? rollback.startedAt() : failedAt;
    return undone.isAfter(last) ? undone : last;
  }

  /** Whether the last rollback failed, and nothing has had a better verdict since. */
  public boolean rollbackFailed() {
    return conditions.stream()
        .anyMatch(
            condition ->
                condition.type().equals(Condition.ROLLED_BACK)
                    && condition.reason().equals(Reason.RollbackFailed.name()));
  }

  /**
   * When what is judged now began: a rollback, or else the change. The epoch where there is none,
   * and where no state has proved itself yet: then all is judged that is there, however old.
   */
  public Instant changeBegan() {
    Rollback running = runningRollback();
    if (running != null) {
      return running.startedAt();
    }
    return stable == null || changeSet == null ? Instant.EPOCH : changeSet.startedAt();
  }

  /** Whether the newest state has proved itself, or the stable one is back. */
  public boolean proven() {
    return conditions.stream()
        .anyMatch(
            condition ->
                condition.type().equals(Condition.READY) && condition.status().equals("True"));
  }

  /** Why the change that failed was left as it is; empty where it was not, or there is none. */
  public Optional<Reason> left() {
    return conditions.stream()
        .filter(condition -> condition.type().equals(Condition.READY))
        .flatMap(condition -> LEFT.stream().filter(left -> left.name().equals(condition.reason())))
        .findFirst();
  }

  public ReleaseStatus withClient(String value) {
    return with(copy -> copy.client = value);
  }

  public ReleaseStatus withStable(Stable value) {
    return with(copy -> copy.stable = value);
  }

  public ReleaseStatus withChangeSet(@Nullable ChangeSet value) {
    return with(copy -> copy.changeSet = value);
  }

  public ReleaseStatus withFailure(@Nullable Failure value) {
    return with(copy -> copy.failure = value);
  }

  public ReleaseStatus withRollback(@Nullable Rollback value) {
    return with(copy -> copy.rollback = value);
  }

  public ReleaseStatus withJudged(int helmRevision) {
    return with(copy -> copy.judged = helmRevision);
  }

  public ReleaseStatus withLineage(String value) {
    return with(copy -> copy.lineage = value);
  }

  public ReleaseStatus withKnownBad(@Nullable KnownBad value) {
    return with(copy -> copy.knownBad = value);
  }

  public ReleaseStatus withTold(@Nullable Told value) {
    return with(copy -> copy.told = value);
  }

  public ReleaseStatus withSent(Sent value) {
    return with(copy -> copy.sent = value);
  }

  /** With this as what is known last of its object, which is the newest. */
  public ReleaseStatus withUnready(Unready seen) {
    List<Unready> all = new ArrayList<>(List.of(seen));
    unready.stream()
        .filter(older -> !older.was().object().equals(seen.was().object()))
        .limit(Unready.KEPT - 1)
        .forEach(all::add);
    return with(copy -> copy.unready = all);
  }

  public ReleaseStatus withoutUnready() {
    return with(copy -> copy.unready = List.of());
  }

  /** The digest of a stored revision; empty when Belay has stored none of this number. */
  public Optional<String> storedDigest(int revision) {
    return history.stream()
        .filter(stored -> stored.revision() == revision)
        .map(Stored::digest)
        .findFirst();
  }

  /**
   * With this one as the newest stored revision, and those of the older ones that stay ({@link
   * Retention}).
   */
  public ReleaseStatus withStored(Stored newest, int limit) {
    List<Stored> all = new ArrayList<>(List.of(newest));
    history.stream().filter(older -> older.revision() != newest.revision()).forEach(all::add);
    NavigableMap<Integer, Instant> stored = new TreeMap<>();
    all.forEach(each -> stored.put(each.revision(), each.at()));
    Set<Integer> gone = Retention.superfluous(stored, newest.revision(), limit);
    all.removeIf(each -> gone.contains(each.revision()));
    return with(copy -> copy.history = all);
  }

  public ReleaseStatus withNotCovered(List<String> value) {
    return with(copy -> copy.notCovered = value.stream().limit(MAX_NOT_COVERED).toList());
  }

  public ReleaseStatus withPolicy(String value) {
    return with(copy -> copy.policy = value);
  }

  public ReleaseStatus withIgnored(String value) {
    return with(copy -> copy.ignored = value);
  }

  public ReleaseStatus withNextStep(String value) {
    return with(copy -> copy.nextStep = value);
  }

  /** With this refusal as the newest; an older one that says the same goes. */
  public ReleaseStatus withRefusal(Refusal refusal) {
    List<Refusal> kept = new ArrayList<>(List.of(refusal));
    refusals.stream()
        .filter(older -> !older.repeats(refusal))
        .limit(Refusal.KEPT - 1)
        .forEach(kept::add);
    return with(copy -> copy.refusals = kept);
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
    return with(copy -> copy.conditions = changed);
  }

  private ReleaseStatus with(Consumer<Fields> change) {
    Fields copy = new Fields(this);
    change.accept(copy);
    return copy.status();
  }

  /** All fields, while one of them is changed. */
  private static final class Fields {
    private String client;
    private @Nullable Stable stable;
    private @Nullable ChangeSet changeSet;
    private @Nullable Failure failure;
    private @Nullable Rollback rollback;
    private int judged;
    private String lineage;
    private List<Refusal> refusals;
    private @Nullable KnownBad knownBad;
    private @Nullable Told told;
    private @Nullable Sent sent;
    private List<Unready> unready;
    private List<Stored> history;
    private List<String> notCovered;
    private String policy;
    private String ignored;
    private String nextStep;
    private List<Condition> conditions;

    Fields(ReleaseStatus from) {
      client = from.client;
      stable = from.stable;
      changeSet = from.changeSet;
      failure = from.failure;
      rollback = from.rollback;
      judged = from.judged;
      lineage = from.lineage;
      refusals = from.refusals;
      knownBad = from.knownBad;
      told = from.told;
      sent = from.sent;
      unready = from.unready;
      history = from.history;
      notCovered = from.notCovered;
      policy = from.policy;
      ignored = from.ignored;
      nextStep = from.nextStep;
      conditions = from.conditions;
    }

    ReleaseStatus status() {
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
          told,
          sent,
          unready,
          history,
          notCovered,
          policy,
          ignored,
          nextStep,
          conditions);
    }
  }
}
