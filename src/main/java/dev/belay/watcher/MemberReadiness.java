package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.Evidence;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Group;
import dev.belay.readiness.Assess;
import dev.belay.readiness.Budget;
import dev.belay.readiness.Related;
import dev.belay.rollout.Members;
import dev.belay.rollout.Observation.Assessed;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/** Reads how ready the members of a release are. */
@ApplicationScoped
class MemberReadiness {

  private final Evidence evidence;
  private final Departing departing;
  private final KnownSecrets secrets;

  MemberReadiness(Evidence evidence, Departing departing, KnownSecrets secrets) {
    this.evidence = evidence;
    this.departing = departing;
    this.secrets = secrets;
  }

  /** What was seen of the members, with their readiness. */
  Members assess(Members seen, Group group, ReleaseStatus status, Instant now) {
    // Members are live, so each has its namespace.
    KnownSecrets.Values secrets = this.secrets.of("", group.members());
    List<Look> looks =
        AtOnce.map(
            group.members().stream().filter(Assess::isWorkload).toList(),
            member -> look(member, secrets, status.changeBegan(), now));
    List<Assessed> assessed = departing.of(status.rollback());
    looks.forEach(look -> assessed.add(look.assessed()));
    return seen.assessed(assessed, looks.stream().mapToInt(Look::restarts).sum());
  }

  private record Look(Assessed assessed, int restarts) {}

  private Look look(KubeObject member, KnownSecrets.Values secrets, Instant since, Instant now) {
    Related related = secrets.masked(evidence.related(member));
    return new Look(
        new Assessed(
            member.key(),
            Assess.of(member, related, Budget.DEFAULT, since, now),
            Policies.timeout(member).orElse(null)),
        Assess.restarts(related, member));
  }
}
