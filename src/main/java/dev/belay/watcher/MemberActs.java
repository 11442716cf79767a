package dev.belay.watcher;

import dev.belay.api.KnownBad;
import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.Releases;
import dev.belay.cluster.ServerClock;
import dev.belay.membership.Group;
import dev.belay.rollout.Decision;
import dev.belay.rollout.Members;
import dev.belay.watcher.Observer.Unreadable;
import dev.belay.watcher.Promotion.Promoted;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Acts on what is decided of a change that no record tells of, in a release without records or in
 * one of Helm's.
 */
@ApplicationScoped
class MemberActs {

  private static final Logger LOG = Logger.getLogger(MemberActs.class);
  private static final Duration LEFT_REVISIT = Duration.ofSeconds(5);

  private final Releases releases;
  private final DeclarativeRollback rollbackStart;
  private final Rollbacks rollbacks;
  private final Verdicts verdicts;
  private final Baselines baselines;
  private final ServerClock clock;

  /** Releases of which no object is there: what is kept of them goes with that. */
  private final Twice<ReleaseKey> withoutMembers = new Twice<>();

  MemberActs(
      Releases releases,
      DeclarativeRollback rollbackStart,
      Rollbacks rollbacks,
      Verdicts verdicts,
      Baselines baselines,
      ServerClock clock) {
    this.releases = releases;
    this.rollbackStart = rollbackStart;
    this.rollbacks = rollbacks;
    this.verdicts = verdicts;
    this.baselines = baselines;
    this.clock = clock;
  }

  /** The objects of the release that is looked at. */
  interface Holder {

    /** All that a rollback and a report are about, as it is live. */
    Group whole();

    /** Whether a client that keeps records has begun a change since the release was read. */
    boolean overtaken();

    /** Stores what has proved itself; empty when it has changed since it was read. */
    Optional<Promoted> store(Instant now);
  }

  /**
   * Does what is decided.
   *
   * @param bad the lock on an earlier change, as far as it still holds
   * @return when to look again at the latest; empty when only a change makes it worth while
   */
  Optional<Instant> act(
      ReleaseKey key,
      Release release,
      @Nullable KnownBad bad,
      Holder holder,
      Members seen,
      Decision decision,
      Instant now)
      throws Unreadable {
    ReleaseStatus status = release.status();
    if (!(decision instanceof Decision.Forget)) {
      withoutMembers.unsaid(key);
    }
    return switch (decision) {
      case Decision.Settled settled -> Optional.empty();
      case Decision.Forget forget -> {
        if (!withoutMembers.said(key)) {
          yield Optional.of(now.plus(Twice.APART));
        }
        verdicts.forget(release);
        yield Optional.empty();
      }
      case Decision.Open open -> {
        releases.updateIfNew(
            release,
            Conditions.verifying(
                status
                    .withClient(seen.client().isEmpty() ? "unknown" : seen.client())
                    .withKnownBad(bad)
                    .withChangeSet(baselines.noted(key, status, open.changeSet(), now))
                    .withoutUnready()
                    .withRollback(Reconciler.over(status)),
                Reason.ClientActive,
                "a change of %s begins".formatted(seen.client()),
                now));
        LOG.infof("release %s: a change of %s begins", key, seen.client());
        yield Optional.of(now);
      }
      case Decision.Wait wait -> {
        ProgressLog.told(key, status, wait);
        releases.updateIfNew(
            release,
            Conditions.verifying(
                status.withClient(seen.client()).withKnownBad(bad).withChangeSet(wait.changeSet()),
                wait.reason(),
                wait.message(),
                now));
        yield Optional.of(wait.revisit());
      }
      case Decision.Tell tell ->
          throw new IllegalStateException("only Helm's clients are told: they alone wait");
      case Decision.Promote promote -> {
        Optional<Promoted> promoted = holder.store(now);
        if (promoted.isEmpty()) {
          yield Optional.of(now);
        }
        verdicts.promoted(key, release, promoted.get(), status.judged(), null, now);
        yield Optional.empty();
      }
      case Decision.Leave leave -> {
        if (leave.reason() == Reason.RollbackFailed) {
          verdicts.notRepaired(key, release, leave, now);
        } else if (!verdicts.leftAlready(release, leave, 0)) {
          verdicts.left(
              key,
              release,
              leave,
              status.withFailure(rollbackStart.failure(key, status, holder.whole(), leave, now)),
              now);
        }
        yield Optional.of(now.plus(LEFT_REVISIT));
      }
      case Decision.RollBack rollBack -> {
        Group whole = holder.whole();
        if (!holder.overtaken()) {
          rollbacks.begun(key, rollbackStart.begin(key, release, whole, rollBack.cause(), now));
        }
        yield Optional.of(clock.now());
      }
      case Decision.OfRollback going -> rollbacks.act(key, release, going, now);
    };
  }
}
