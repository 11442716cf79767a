package dev.belay.watcher;

import dev.belay.api.KnownBad;
import dev.belay.api.Mode;
import dev.belay.api.Release;
import dev.belay.api.ReleaseStatus;
import dev.belay.api.ReleaseStatus.Stable;
import dev.belay.api.Sent;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Clients;
import dev.belay.membership.Group;
import dev.belay.membership.Surroundings;
import dev.belay.rollout.Decision;
import dev.belay.rollout.Declarative;
import dev.belay.rollout.Members;
import dev.belay.rollout.Observation;
import dev.belay.rollout.Policy;
import dev.belay.watcher.Observer.Unreadable;
import dev.belay.watcher.Promotion.Promoted;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What other clients change in a release of Helm that is at rest: {@code kubectl set image}, {@code
 * edit}, {@code apply}. It is judged as in a release without records, and leaves Helm's alone: a
 * later change by Helm takes it over.
 */
@ApplicationScoped
class HelmEdits {

  /** How soon a release is looked at again of which nothing is there. */
  private static final Duration GONE_REVISIT = Duration.ofSeconds(5);

  private final HelmMembers members;
  private final HelmRecords records;
  private final MemberReadiness readiness;
  private final Promotion promotion;
  private final Policies policies;
  private final MemberActs acts;

  HelmEdits(
      HelmMembers members,
      HelmRecords records,
      MemberReadiness readiness,
      Promotion promotion,
      Policies policies,
      MemberActs acts) {
    this.members = members;
    this.records = records;
    this.readiness = readiness;
    this.promotion = promotion;
    this.policies = policies;
    this.acts = acts;
  }

  /**
   * Does what is to be done for a release whose newest record has its verdict.
   *
   * @return when to look again at the latest; empty when only a change makes it worth while
   */
  Optional<Instant> pass(
      ReleaseKey key, Mode mode, Release found, Observation.Helm helm, Instant now)
      throws Unreadable {
    Optional<Stable> compared = compared(key, found.status(), helm);
    if (compared.isEmpty()) {
      return Optional.empty();
    }
    Stable stable = compared.get();
    Release release = new Release(found.object(), found.status().withStable(stable));
    ReleaseStatus status = release.status();
    Group group = members.edited(key, status);
    if (group.members().isEmpty()) {
      // It is being taken away, or has nothing that others change.
      return status.changeSet() == null ? Optional.empty() : Optional.of(now.plus(GONE_REVISIT));
    }
    // What is put right by hand is done in steps: none of them is undone.
    Policy policy = status.rollbackFailed() ? policies.of(release).byHand() : policies.of(release);
    Map<ObjectKey, String> digests = group.digests();
    Map<ObjectKey, String> before = members.before(key, status);
    Members seen = MembersSeen.of(mode, status, group, digests, before, policy.quiet());
    if (seen.lastWrite().isBefore(stable.verifiedAt().truncatedTo(ChronoUnit.SECONDS))) {
      seen = seen.by(unseen(status));
    }
    if (Declarative.needsObjects(status, seen, policy, now)) {
      seen = readiness.assess(key, seen, group, status, now);
    }
    Decision decision = Declarative.decide(status, seen, policy, now);
    KnownBad bad = Blame.corrected(status.knownBad(), digests, before);
    return acts.act(
        key,
        release,
        bad,
        new OfHelm(key, release, stable, helm.revision(), seen.digest()),
        seen,
        decision,
        now);
  }

  /**
   * Who made a change that has only taken something away, which no object tells: the gate may have
   * seen it.
   */
  private static String unseen(ReleaseStatus status) {
    Sent sent = status.sent();
    if (status.changeSet() != null) {
      return status.client();
    }
    return sent != null && sent.helmRevision() == 0 && sent.at().isAfter(status.lastVerdict())
        ? Clients.named(sent.client())
        : "unknown";
  }

  /**
   * What the live members are compared with; empty while that would say nothing. A status that was
   * written before this was compared has no digest: the stored revision has.
   */
  private Optional<Stable> compared(ReleaseKey key, ReleaseStatus status, Observation.Helm helm) {
    Stable stable = status.stable();
    if (stable == null || !ended(helm)) {
      return Optional.empty();
    }
    if (!stable.digest().isEmpty()) {
      return Optional.of(stable);
    }
    Map<ObjectKey, String> before = members.before(key, status);
    return status.proven() && !before.isEmpty()
        ? Optional.of(stable.withDigest(Group.digest(before)))
        : Optional.empty();
  }

  private static boolean ended(Observation.Helm helm) {
    return helm.status() == HelmStatus.DEPLOYED || helm.status() == HelmStatus.FAILED;
  }

  /** The objects of a release of Helm, while its newest record is this one. */
  private final class OfHelm implements MemberActs.Holder {

    private final ReleaseKey key;
    private final Release release;
    private final Stable stable;
    private final int helmRevision;
    private final String judged;

    OfHelm(ReleaseKey key, Release release, Stable stable, int helmRevision, String judged) {
      this.key = key;
      this.release = release;
      this.stable = stable;
      this.helmRevision = helmRevision;
      this.judged = judged;
    }

    @Override
    public Group whole() {
      return new Group(
          key.name(),
          members.whole(key, release.status()).objects(),
          new Surroundings(Set.of(key.name())));
    }

    @Override
    public boolean overtaken() {
      List<KubeObject> history = records.metadata(key.namespace(), new ReleaseName(key.name()));
      if (history.isEmpty()) {
        return true;
      }
      Observation.Helm newest = Observer.helm(history.getLast(), "");
      return newest.revision() != helmRevision || !ended(newest);
    }

    @Override
    public Optional<Promoted> store(Instant now) {
      Observer.Live live = members.whole(key, release.status());
      String digest = Group.digest(HelmMembers.edited(key, live.objects()).digests());
      return !digest.equals(judged) || overtaken()
          ? Optional.empty()
          : Optional.of(promotion.storeOfHelm(key, release, stable.helmRevision(), live, now));
    }
  }
}
