package dev.belay.watcher;

import dev.belay.api.ReleaseStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Group;
import dev.belay.readiness.Assess;
import dev.belay.readiness.LeastPods;
import dev.belay.rollout.Members;
import dev.belay.rollout.Observation.Assessed;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Reads how ready the members of a release are. */
@ApplicationScoped
class MemberReadiness {

  private final Inspection inspection;
  private final Departing departing;
  private final KnownSecrets secrets;

  MemberReadiness(Inspection inspection, Departing departing, KnownSecrets secrets) {
    this.inspection = inspection;
    this.departing = departing;
    this.secrets = secrets;
  }

  /** What was seen of the members, with their readiness. */
  Members assess(ReleaseKey key, Members seen, Group group, ReleaseStatus status, Instant now) {
    // Members are live, so each has its namespace.
    Inspection.Subject subject =
        new Inspection.Subject(
            key,
            status,
            secrets.of("", group.members()),
            LeastPods.of(group.members()),
            group.members().stream().map(KubeObject::key).collect(Collectors.toSet()),
            now);
    List<Look> looks =
        AtOnce.map(
            group.members().stream().filter(Assess::isWorkload).toList(),
            member -> look(member, subject));
    List<Assessed> assessed = departing.of(status);
    looks.forEach(look -> assessed.add(look.assessed()));
    return seen.assessed(assessed, looks.stream().mapToInt(Look::restarts).sum());
  }

  private record Look(Assessed assessed, int restarts) {}

  private Look look(KubeObject member, Inspection.Subject subject) {
    Inspection.Inspected seen = inspection.of(member, subject);
    return new Look(
        new Assessed(
            member.key(),
            Policies.noting(seen.readiness(), member),
            Policies.timeout(member).orElse(null),
            seen.facts()),
        seen.restarts());
  }
}
