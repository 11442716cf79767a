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
    List<Assessed> assessed = departing.of(status.rollback());
    int restarts = 0;
    Set<String> secrets = Masking.secretValues(group.members());
    for (KubeObject member : group.members()) {
      if (Assess.isWorkload(member)) {
        Related related = Observer.masked(evidence.related(member), secrets);
        restarts += Assess.restarts(related, member);
        assessed.add(
            new Assessed(
                member.key(),
                Assess.of(member, related, Budget.DEFAULT, now),
                Policies.timeout(member).orElse(null)));
      }
    }
    return seen.assessed(assessed, restarts);
  }
}
