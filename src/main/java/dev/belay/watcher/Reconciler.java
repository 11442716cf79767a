package dev.belay.watcher;

import dev.belay.api.Failure;
import dev.belay.api.KnownBad;
import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.Rollback;
import dev.belay.cluster.Asked;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.Namespaces;
import dev.belay.cluster.Releases;
import dev.belay.cluster.Revisions;
import dev.belay.cluster.ServerClock;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.membership.Clients;
import dev.belay.membership.Flux;
import dev.belay.rollout.Decision;
import dev.belay.rollout.Observation;
import dev.belay.rollout.Policy;
import dev.belay.rollout.Rollout;
import dev.belay.watcher.Observer.Unreadable;
import dev.belay.watcher.Promotion.Promoted;
import dev.belay.watcher.Verdicts.Undone;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * One pass over one release: observe, decide, save, act, report.
 *
 * <p>A pass can be repeated at any time and after a crash at any point: what it does next follows
 * from what is stored. The status is written before anything is done to other objects.
 */
@ApplicationScoped
class Reconciler {

  private static final Logger LOG = Logger.getLogger(Reconciler.class);

  /** How often a failed release that is left as it is gets looked at: it may recover. */
  private static final Duration LEFT_REVISIT = Duration.ofSeconds(5);

  private final Namespaces namespaces;
  private final HelmRecords records;
  private final Releases releases;
  private final Revisions revisions;
  private final Observer observer;
  private final Promotion promotion;
  private final RollbackStart rollbackStart;
  private final WaitingClient waitingClient;
  private final HelmHistoryRepair history;
  private final ManualRollback manual;
  private final Adoption adoption;
  private final Rollbacks rollbacks;
  private final Verdicts verdicts;
  private final DeclarativePass declarative;
  private final HelmEdits edits;
  private final Policies policies;
  private final Baselines baselines;
  private final Uninstall uninstall;
  private final ServerClock clock;

  /** Releases of Helm of which no record is there: what is kept of them goes with that. */
  private final Twice<ReleaseKey> withoutRecord = new Twice<>();

  Reconciler(
      Namespaces namespaces,
      HelmRecords records,
      Releases releases,
      Revisions revisions,
      Observer observer,
      Promotion promotion,
      RollbackStart rollbackStart,
      WaitingClient waitingClient,
      HelmHistoryRepair history,
      ManualRollback manual,
      Adoption adoption,
      Rollbacks rollbacks,
      Verdicts verdicts,
      DeclarativePass declarative,
      HelmEdits edits,
      Policies policies,
      Baselines baselines,
      Uninstall uninstall,
      ServerClock clock) {
    this.namespaces = namespaces;
    this.records = records;
    this.releases = releases;
    this.revisions = revisions;
    this.observer = observer;
    this.promotion = promotion;
    this.rollbackStart = rollbackStart;
    this.waitingClient = waitingClient;
    this.history = history;
    this.manual = manual;
    this.adoption = adoption;
    this.rollbacks = rollbacks;
    this.verdicts = verdicts;
    this.declarative = declarative;
    this.edits = edits;
    this.policies = policies;
    this.baselines = baselines;
    this.uninstall = uninstall;
    this.clock = clock;
  }

  /**
   * Does what is to be done for this release.
   *
   * @param compare whether others may have changed an object of a release of Helm at rest: it is
   *     read then
   * @return when to look again at the latest; empty when only a change makes it worth while
   */
  Optional<Instant> pass(ReleaseKey key, boolean compare) throws Unreadable {
    Mode mode = namespaces.mode(key.namespace());
    if (mode == Mode.NONE) {
      return leaveAlone(key);
    }
    Asked<Optional<Release>> known = Asked.of(() -> releases.get(key.namespace(), key.name()));
    List<KubeObject> history = records.metadata(key.namespace(), new ReleaseName(key.name()));
    Optional<Release> existing =
        known.answer().map(release -> releases.withoutFuture(release, now()));
    // Helm may keep the history of what it has uninstalled.
    if (!history.isEmpty()) {
      withoutRecord.unsaid(key);
    }
    if (history.isEmpty() || isUninstalled(history.getLast())) {
      if (existing.filter(release -> release.status().ofHelm()).isPresent()) {
        if (history.isEmpty() && !withoutRecord.said(key)) {
          LOG.debugf("release %s has no record; it is looked for again", key);
          return Optional.of(now().plus(Twice.APART));
        }
        uninstall.clear(key, existing.get().status());
        verdicts.forget(waitingClient.takeBack(existing.get(), now()));
        return Optional.empty();
      }
      return history.isEmpty() ? declarative.pass(key, mode, existing) : Optional.empty();
    }
    // What can't be read becomes no Release.
    List<KubeObject> found =
        existing.isPresent()
            ? List.of()
            : observer.manifest(key, HelmRecords.revision(history.getLast()));
    Release release = adoption.adopt(key, existing);
    waitingClient.sweep(found, key);
    Instant now = now();
    release = verdicts.withSettings(manual.withdrawBegun(release), now);
    MDC.put("revision", HelmRecords.revision(history.getLast()));
    Observation seen = observer.observe(key, mode, release.status(), history.getLast(), now);
    if (ManualRollback.isAsked(release) && atRest(seen.helm(), policies.of(release), now)) {
      manual.ofHelm(key, release, mode, seen.helm().revision(), now);
      return Optional.of(now());
    }
    ReleaseStatus status = unjudgedIfReinstalled(key, release.status(), seen.helm());
    Decision decision = Rollout.decide(status, seen, policies.of(release), now);
    Release after = waitingClient.takeBack(release, seen, decision, now);
    Optional<Instant> revisit = act(key, after, seen, decision, compare, now);
    return revisit.isEmpty() && after.status().told() != null
        ? Optional.of(now.plus(LEFT_REVISIT))
        : revisit;
  }

  private static boolean isUninstalled(KubeObject record) {
    return HelmStatus.of(record.label("status")) == HelmStatus.UNINSTALLED;
  }

  /**
   * Nothing is done where the label is gone, but what a client was told is taken back there too.
   */
  private Optional<Instant> leaveAlone(ReleaseKey key) {
    if (!namespaces.isOpen(key.namespace())) {
      // Its rights there are gone with a listed namespace: asking again would never end.
      return Optional.empty();
    }
    Instant now = now();
    return releases
        .get(key.namespace(), key.name())
        .filter(release -> release.status().told() != null)
        .map(release -> waitingClient.takeBack(release, now))
        .filter(release -> release.status().told() != null)
        .map(release -> now.plus(LEFT_REVISIT));
  }

  /** Whether no client is at work: it has ended, and does not begin its own rollback either. */
  private static boolean atRest(Observation.Helm helm, Policy policy, Instant now) {
    return switch (helm.status()) {
      case DEPLOYED -> true;
      case FAILED, SUPERSEDED -> !now.isBefore(helm.changedAt().plus(policy.yield()));
      case PENDING_INSTALL, PENDING_UPGRADE, PENDING_ROLLBACK, UNINSTALLING, UNINSTALLED, UNKNOWN ->
          false;
    };
  }

  private Optional<Instant> act(
      ReleaseKey key,
      Release release,
      Observation seen,
      Decision decision,
      boolean compare,
      Instant now)
      throws Unreadable {
    ReleaseStatus status = release.status();
    return switch (decision) {
      case Decision.Settled settled ->
          compare || status.changeSet() != null
              ? edits.pass(key, seen.mode(), release, seen.helm(), now)
              : Optional.empty();
      case Decision.Forget forget -> {
        uninstall.clear(key, status);
        yield Optional.empty();
      }
      case Decision.Open open -> {
        LOG.infof(
            "release %s: a change begins, Helm revision %d", key, open.changeSet().helmRevision());
        HelmRecord record = observer.record(key, open.changeSet().helmRevision());
        ReleaseStatus known = sameRelease(key, status, record);
        releases.updateIfNew(
            release,
            Conditions.verifying(
                known
                    .withClient(client(record))
                    .withChangeSet(baselines.noted(key, known, open.changeSet(), now))
                    .withoutUnready()
                    .withRollback(over(known)),
                Reason.Verifying,
                "Helm revision %d".formatted(open.changeSet().helmRevision()),
                now));
        yield Optional.of(now);
      }
      case Decision.Wait wait -> {
        ProgressLog.told(key, status, wait);
        releases.updateIfNew(
            release,
            Conditions.verifying(
                status.withChangeSet(wait.changeSet()), wait.reason(), wait.message(), now));
        yield Optional.of(wait.revisit());
      }
      case Decision.Tell tell -> {
        waitingClient.tell(key, release, seen, tell, now);
        yield Optional.of(tell.revisit());
      }
      case Decision.Promote promote -> {
        Optional<Promoted> promoted = promotion.promote(key, release, promote.changeSet(), now);
        if (promoted.isPresent()) {
          Undone undone = undoneByHelm(key, release, seen.helm(), now);
          verdicts.promoted(
              key, release, promoted.get(), promote.changeSet().helmRevision(), undone, now);
        }
        yield promoted.isPresent() ? Optional.empty() : Optional.of(now);
      }
      case Decision.Leave leave -> {
        left(key, release, seen, leave, now);
        if (leave.reason() != Reason.Observed && seen.helm().status().pending()) {
          // Nothing can be put back; but the next upgrade is not to be kept off by a dead client.
          history.free(key, seen.helm().revision(), leave.cause().message(), now);
        }
        yield Optional.of(now.plus(LEFT_REVISIT));
      }
      case Decision.RollBack rollBack -> {
        rollbacks.begun(key, rollbackStart.begin(key, release, seen, rollBack.cause(), now));
        yield Optional.of(now());
      }
      case Decision.OfRollback going -> {
        Optional<Instant> next = rollbacks.act(key, release, going, now);
        // What others have changed since it was restored is a change that begins now.
        yield next.isEmpty() && compare ? Optional.of(now) : next;
      }
    };
  }

  /** A rollback that a newer change has overtaken is over; nothing of it is finished. */
  static @Nullable Rollback over(ReleaseStatus status) {
    return status.runningRollback() == null ? status.rollback() : null;
  }

  /** The status, without the verdict on another release that had this name and this revision. */
  private ReleaseStatus unjudgedIfReinstalled(
      ReleaseKey key, ReleaseStatus status, Observation.Helm helm) throws Unreadable {
    return Lineage.mayBeReinstalled(status, helm)
            && !observer.lineage(key, helm.revision()).equals(status.lineage())
        ? status.withJudged(0)
        : status;
  }

  /** The status, without what it says of another release that had this name before. */
  private ReleaseStatus sameRelease(ReleaseKey key, ReleaseStatus status, HelmRecord record) {
    String lineage = Observer.lineage(record);
    if (status.lineage().isEmpty() || status.lineage().equals(lineage)) {
      return status.withLineage(lineage);
    }
    LOG.infof("release %s was uninstalled and installed again: its old revisions go", key);
    revisions.forget(key.namespace(), key.name());
    return ReleaseStatus.NEW.withLineage(lineage);
  }

  /** Who runs Helm here; what can't be read is told when its objects are asked for. */
  private static String client(HelmRecord record) {
    try {
      return Flux.applies(record.objects()) ? Flux.NAME : Clients.HELM;
    } catch (ManifestException e) {
      return Clients.HELM;
    }
  }

  /** The failure that the client was told of and has undone itself: it stays to be read. */
  private @Nullable Undone undoneByHelm(
      ReleaseKey key, Release release, Observation.Helm helm, Instant now) throws Unreadable {
    Failure failure = release.status().failure();
    boolean undone =
        failure != null
            && failure.helmRevision() == helm.revision() - 1
            && helm.rollbackId().isEmpty()
            && isRollback(observer.record(key, helm.revision()));
    return failure == null || !undone
        ? null
        : new Undone(failure, undoneChange(key, release, failure, now));
  }

  private @Nullable KnownBad undoneChange(
      ReleaseKey key, Release release, Failure failure, Instant now) {
    try {
      HelmRecord failed = observer.record(key, failure.helmRevision());
      return Blame.ofUndone(release, failed, failure, now).orElse(null);
    } catch (Unreadable e) {
      // Helm keeps no record of it: it can't be known again.
      LOG.debugf("release %s: %s", key, e.getMessage());
      return null;
    }
  }

  /** Helm 3 says it in words only. */
  private static boolean isRollback(HelmRecord record) {
    return record.rollbackRevision() != 0 || record.description().startsWith("Rollback to ");
  }

  private void left(
      ReleaseKey key, Release release, Observation seen, Decision.Leave leave, Instant now)
      throws Unreadable {
    int helmRevision = seen.helm().revision();
    if (!verdicts.leftAlready(release, leave, helmRevision)) {
      ReleaseStatus status = release.status();
      verdicts.left(
          key,
          release,
          leave,
          rollbackStart.reported(key, status, helmRevision, leave.cause(), now),
          now);
    }
  }

  private Instant now() {
    return clock.now();
  }
}
