package dev.belay.watcher;

import dev.belay.api.KnownBad;
import dev.belay.api.Mode;
import dev.belay.api.Reason;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.Releases;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Clients;
import dev.belay.membership.Group;
import dev.belay.membership.Writes;
import dev.belay.membership.Writes.Write;
import dev.belay.rollback.Snapshot;
import dev.belay.rollout.Decision;
import dev.belay.rollout.Declarative;
import dev.belay.rollout.Members;
import dev.belay.rollout.Policy;
import dev.belay.watcher.Observer.Unreadable;
import dev.belay.watcher.Promotion.Promoted;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The pass over a release whose client writes no record: its members say what happened. */
@ApplicationScoped
class DeclarativePass {

  private static final Logger LOG = Logger.getLogger(DeclarativePass.class);
  private static final Duration LEFT_REVISIT = Duration.ofSeconds(5);

  private final NamespaceGroups groups;
  private final StableMembers stableMembers;
  private final MemberReadiness readiness;
  private final Releases releases;
  private final ManualRollback manual;
  private final Adoption adoption;
  private final Promotion promotion;
  private final DeclarativeRollback rollbackStart;
  private final Rollbacks rollbacks;
  private final Verdicts verdicts;
  private final Policies policies;
  private final Clock clock = Clock.systemUTC();

  DeclarativePass(
      NamespaceGroups groups,
      StableMembers stableMembers,
      MemberReadiness readiness,
      Releases releases,
      ManualRollback manual,
      Adoption adoption,
      Promotion promotion,
      DeclarativeRollback rollbackStart,
      Rollbacks rollbacks,
      Verdicts verdicts,
      Policies policies) {
    this.groups = groups;
    this.stableMembers = stableMembers;
    this.readiness = readiness;
    this.releases = releases;
    this.manual = manual;
    this.adoption = adoption;
    this.promotion = promotion;
    this.rollbackStart = rollbackStart;
    this.rollbacks = rollbacks;
    this.verdicts = verdicts;
    this.policies = policies;
  }

  /**
   * Does what is to be done for this release.
   *
   * @param existing as it was read; one that only the gate has written to is not followed yet
   * @return when to look again at the latest; empty when only a change makes it worth while
   */
  Optional<Instant> pass(ReleaseKey key, Mode mode, Optional<Release> existing) throws Unreadable {
    Group group = groups.read(key);
    boolean followed = existing.isPresent() && existing.get().status().known();
    if (!followed && !group.hasWorkload()) {
      return Optional.empty();
    }
    Release release = manual.withdrawBegun(adoption.adopt(key, existing));
    Instant now = now();
    if (ManualRollback.isAsked(release)) {
      manual.ofMembers(key, release, mode, group, now);
      return Optional.of(now());
    }
    Policy policy = policies.of(release);
    Map<ObjectKey, String> digests = group.digests();
    Map<ObjectKey, String> before = stable(key, release.status());
    Members seen = seen(mode, release.status(), group, digests, before, policy.quiet());
    if (Declarative.needsObjects(release.status(), seen, policy, now)) {
      seen = readiness.assess(seen, ofChange(group, digests, before), release.status(), now);
    }
    Decision decision = Declarative.decide(release.status(), seen, policy, now);
    KnownBad bad = Blame.corrected(release.status().knownBad(), digests, before);
    return act(key, release, bad, group, seen, decision, now);
  }

  /**
   * The members that the verdict is about: a Job that is as it was verified has had its own,
   * whatever has become of it since.
   */
  private static Group ofChange(
      Group group, Map<ObjectKey, String> digests, Map<ObjectKey, String> before) {
    return new Group(
        group.release(),
        group.members().stream()
            .filter(
                member ->
                    !member.kind().equals("Job")
                        || !digests.getOrDefault(member.key(), "").equals(before.get(member.key())))
            .toList());
  }

  private Map<ObjectKey, String> stable(ReleaseKey key, ReleaseStatus status) {
    return stableMembers.of(key, status);
  }

  private static Members seen(
      Mode mode,
      ReleaseStatus status,
      Group group,
      Map<ObjectKey, String> digests,
      Map<ObjectKey, String> before,
      Duration quiet) {
    Instant first = Instant.MAX;
    Write last = new Write(Instant.EPOCH, "");
    Map<String, Instant> writtenAt = new HashMap<>();
    for (KubeObject member : group.members()) {
      Write write = Writes.last(member);
      writtenAt.put(member.key().display(), write.at());
      String digest = digests.getOrDefault(member.key(), "");
      if (!digest.equals(before.get(member.key()))) {
        Instant begun = begun(member, write, before, quiet);
        first = begun.isBefore(first) ? begun : first;
        last = write.at().isAfter(last.at()) ? write : last;
      }
    }
    return new Members(
        mode,
        group.members().isEmpty(),
        Group.digest(digests),
        first,
        last.at(),
        writtenAt,
        last.manager().isEmpty() ? status.client() : Clients.named(last.manager()),
        List.of(),
        0);
  }

  /**
   * What was created and soon changed again has been part of the change from its creation. What was
   * there long before has only come to the release now: it is not the change's to delete.
   */
  private static Instant begun(
      KubeObject member, Write write, Map<ObjectKey, String> before, Duration quiet) {
    Instant created = Writes.created(member);
    boolean together = !created.isBefore(write.at().minus(quiet));
    return together && !before.containsKey(member.key()) ? created : write.at();
  }

  private Optional<Instant> act(
      ReleaseKey key,
      Release release,
      @Nullable KnownBad bad,
      Group group,
      Members seen,
      Decision decision,
      Instant now)
      throws Unreadable {
    ReleaseStatus status = release.status();
    return switch (decision) {
      case Decision.Settled settled -> Optional.empty();
      case Decision.Forget forget -> {
        verdicts.forget(release);
        yield Optional.empty();
      }
      case Decision.Open open -> {
        LOG.infof("release %s: a change of %s begins", key, seen.client());
        releases.updateIfNew(
            release,
            Conditions.verifying(
                status
                    .withClient(seen.client().isEmpty() ? "unknown" : seen.client())
                    .withKnownBad(bad)
                    .withChangeSet(open.changeSet())
                    .withRollback(Reconciler.over(status)),
                Reason.ClientActive,
                "a change of %s begins".formatted(seen.client()),
                now));
        yield Optional.of(now);
      }
      case Decision.Wait wait -> {
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
        Group proven = group.withoutLeaving();
        List<KubeObject> snapshot = proven.members().stream().map(Snapshot::of).toList();
        Promoted promoted = promotion.store(key, release, 0, snapshot, now);
        verdicts.promoted(
            key, release, promoted.withDigest(Group.digest(proven.digests())), null, now);
        yield Optional.empty();
      }
      case Decision.Leave leave -> {
        if (!verdicts.leftAlready(release, leave, 0)) {
          verdicts.left(
              key, release, leave, rollbackStart.failure(key, status, group, leave, now), now);
        }
        yield Optional.of(now.plus(LEFT_REVISIT));
      }
      case Decision.RollBack rollBack -> {
        Release saved = rollbackStart.begin(key, release, group, rollBack.cause(), now);
        rollbacks.begun(key, saved);
        yield Optional.of(now());
      }
      case Decision.OfRollback going -> rollbacks.act(key, release, going, now);
    };
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
