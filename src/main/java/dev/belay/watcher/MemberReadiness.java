package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.cluster.Evidence;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Group;
import dev.belay.readiness.Assess;
import dev.belay.readiness.Budget;
import dev.belay.readiness.Related;
import dev.belay.report.Masking;
import dev.belay.rollout.Members;
import dev.belay.rollout.Observation.Assessed;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Reads how ready the members of a release are. */
@ApplicationScoped
class MemberReadiness {

  private final Evidence evidence;
  private final Departing departing;

  MemberReadiness(Evidence evidence, Departing departing) {
    this.evidence = evidence;
    this.departing = departing;
  }

  /** What was seen of the members, with their readiness. */
  Members assess(Members seen, Group group, ReleaseStatus status, Instant now) {
    Set<String> secrets = Masking.secretValues(group.members());
    List<Look> looks =
        AtOnce.map(
            group.members().stream().filter(Assess::isWorkload).toList(),
            member -> look(member, secrets, now));
    List<Assessed> assessed = departing.of(status.rollback());
    looks.forEach(look -> assessed.add(look.assessed()));
    return seen.assessed(assessed, looks.stream().mapToInt(Look::restarts).sum());
  }

  private record Look(Assessed assessed, int restarts) {}

  private Look look(KubeObject member, Set<String> secrets, Instant now) {
    Related related = Observer.masked(evidence.related(member), secrets);
    return new Look(
        new Assessed(
            member.key(),
            Assess.of(member, related, Budget.DEFAULT, now),
            Policies.timeout(member).orElse(null)),
        Assess.restarts(related, member));
  }
}
