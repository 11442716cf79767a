package dev.belay.watcher;

import dev.belay.api.KnownBad;
import dev.belay.api.Mode;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.ServerClock;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Group;
import dev.belay.rollback.Snapshot;
import dev.belay.rollout.Decision;
import dev.belay.rollout.Declarative;
import dev.belay.rollout.Members;
import dev.belay.rollout.Policy;
import dev.belay.watcher.Observer.Unreadable;
import dev.belay.watcher.Promotion.Promoted;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.MDC;

/** The pass over a release whose client writes no record: its members say what happened. */
@ApplicationScoped
class DeclarativePass {

  private final NamespaceGroups groups;
  private final StableMembers stableMembers;
  private final MemberReadiness readiness;
  private final ManualRollback manual;
  private final Adoption adoption;
  private final Promotion promotion;
  private final MemberActs acts;
  private final Verdicts verdicts;
  private final Policies policies;
  private final ServerClock clock;

  DeclarativePass(
      NamespaceGroups groups,
      StableMembers stableMembers,
      MemberReadiness readiness,
      ManualRollback manual,
      Adoption adoption,
      Promotion promotion,
      MemberActs acts,
      Verdicts verdicts,
      Policies policies,
      ServerClock clock) {
    this.groups = groups;
    this.stableMembers = stableMembers;
    this.readiness = readiness;
    this.manual = manual;
    this.adoption = adoption;
    this.promotion = promotion;
    this.acts = acts;
    this.verdicts = verdicts;
    this.policies = policies;
    this.clock = clock;
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
    Instant now = now();
    Release release =
        verdicts.withSettings(manual.withdrawBegun(adoption.adopt(key, existing)), now);
    ReleaseStatus.Stable proven = release.status().stable();
    if (proven != null) {
      MDC.put("revision", proven.revision()); // The client counts none.
    }
    if (ManualRollback.isAsked(release)) {
      manual.ofMembers(key, release, mode, group, now);
      return Optional.of(now());
    }
    Policy policy = policies.of(release);
    Map<ObjectKey, String> digests = group.digests();
    Map<ObjectKey, String> before = stable(key, release.status());
    Members seen = MembersSeen.of(mode, release.status(), group, digests, before, policy.quiet());
    if (Declarative.needsObjects(release.status(), seen, policy, now)) {
      Group judged = ofChange(group, digests, before, Declarative.isUndone(release.status()));
      seen = readiness.assess(key, seen, judged, release.status(), now);
    }
    Decision decision = Declarative.decide(release.status(), seen, policy, now);
    KnownBad bad = Blame.corrected(release.status().knownBad(), digests, before);
    return acts.act(key, release, bad, new OfMembers(key, release, group), seen, decision, now);
  }

  /**
   * The members that the verdict is about: a Job that is as it was verified has had its own,
   * whatever has become of it since, and none is waited for in what is undone.
   */
  private static Group ofChange(
      Group group, Map<ObjectKey, String> digests, Map<ObjectKey, String> before, boolean undone) {
    return new Group(
        group.release(),
        group.members().stream()
            .filter(
                member ->
                    !member.kind().equals("Job")
                        || (!undone
                            && !digests
                                .getOrDefault(member.key(), "")
                                .equals(before.get(member.key()))))
            .toList());
  }

  private Map<ObjectKey, String> stable(ReleaseKey key, ReleaseStatus status) {
    return stableMembers.of(key, status);
  }

  /** The members of a release are all that there is of it. */
  private final class OfMembers implements MemberActs.Holder {

    private final ReleaseKey key;
    private final Release release;
    private final Group group;

    OfMembers(ReleaseKey key, Release release, Group group) {
      this.key = key;
      this.release = release;
      this.group = group;
    }

    @Override
    public Group whole() {
      return group;
    }

    @Override
    public boolean overtaken() {
      return false;
    }

    @Override
    public Optional<Promoted> store(Instant now) {
      Group proven = group.withoutLeaving();
      List<KubeObject> snapshot = proven.members().stream().map(Snapshot::of).toList();
      Promoted promoted = promotion.store(key, release, 0, snapshot, now);
      return Optional.of(promoted.withDigest(Group.digest(proven.digests())));
    }
  }

  private Instant now() {
    return clock.now();
  }
}
