package dev.belay.admission;

import dev.belay.admission.Answer.Cause;
import dev.belay.api.Mode;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Namespaces;
import dev.belay.cluster.Releases;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmRecordException;
import dev.belay.helm.HelmSecrets;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ObjectKey;
import dev.belay.report.Bounded;
import dev.belay.report.Masking;
import dev.belay.validation.Finding;
import dev.belay.validation.Severity;
import dev.belay.validation.Validator;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The check of a whole release before its first object is written: Helm creates its record, with
 * everything it is about to apply in it, and waits for this answer.
 */
@ApplicationScoped
class Preflight {

  private static final Logger LOG = Logger.getLogger(Preflight.class);

  /** A rollback takes a second or two. */
  private static final Duration LOCK = Duration.ofMinutes(1);

  private final Clock clock = Clock.systemUTC();
  private final ReleaseDryRun dryRun;
  private final Releases releases;
  private final Namespaces namespaces;

  Preflight(ReleaseDryRun dryRun, Releases releases, Namespaces namespaces) {
    this.dryRun = dryRun;
    this.releases = releases;
    this.namespaces = namespaces;
  }

  /** The answer; never later than the deadline. */
  Answer review(Review review, Deadline deadline) {
    KubeObject secret = review.object();
    if (!review.operation().equals("CREATE") || !HelmSecrets.isRecord(secret)) {
      return Answer.allow();
    }
    HelmRecord record;
    List<KubeObject> objects;
    try {
      record = HelmSecrets.read(secret);
      if (record.status() != HelmStatus.PENDING_INSTALL
          && record.status() != HelmStatus.PENDING_UPGRADE) {
        return Answer.allow();
      }
      objects = record.objects();
    } catch (HelmRecordException | ManifestException e) {
      // Helm reads its own record again and says what is wrong with it better than we can.
      return Answer.allow(
          List.of(
              "Belay could not read Helm's record %s: %s"
                  .formatted(secret.name(), e.getMessage())));
    }
    Optional<String> lock = lock(review.namespace(), record.name());
    return lock.isPresent()
        ? Answer.deny(lock.get(), List.of(new Cause("", lock.get())), List.of())
        : answer(review, record, objects, deadline);
  }

  /**
   * Why nobody may change this release now: what a client writes while the stable revision is being
   * put back would end as a mix of both. Held for {@link #LOCK} at the most, should the watcher
   * have died in the middle.
   */
  private Optional<String> lock(String namespace, String name) {
    try {
      return releases
          .get(namespace, name)
          .map(release -> release.status().rollback())
          .filter(rollback -> rollback.restoredAt() == null && rollback.finishedAt() == null)
          .filter(rollback -> clock.instant().isBefore(rollback.startedAt().plus(LOCK)))
          .map(
              rollback ->
                  "release %s is being rolled back, since Helm revision %d failed; try again in a few seconds"
                      .formatted(name, rollback.helmRevision()));
    } catch (ClusterException e) {
      LOG.warnf("Release %s/%s could not be read: %s", namespace, name, e.getMessage());
      return Optional.empty();
    }
  }

  private Answer answer(
      Review review, HelmRecord record, List<KubeObject> objects, Deadline deadline) {
    List<String> warnings = new ArrayList<>();
    List<Cause> causes = new ArrayList<>();
    Set<ObjectKey> refused = new HashSet<>();
    for (Finding finding : Validator.check(objects)) {
      if (finding.severity() == Severity.DENY) {
        refused.add(finding.object());
        causes.add(new Cause(finding.field(), finding.message()));
      } else {
        warnings.add(finding.message());
      }
    }
    // What a rule has refused, the API server would refuse again, in worse words.
    List<KubeObject> rest =
        objects.stream().filter(object -> !refused.contains(object.key())).toList();
    ReleaseDryRun.Result result = dryRun.run(record, review.namespace(), rest, deadline);
    Set<String> secrets = Masking.secretValues(objects);
    result
        .refusals()
        .forEach(
            refusal ->
                causes.add(new Cause(refusal.field(), Masking.mask(refusal.message(), secrets))));
    result.warnings().forEach(warning -> warnings.add(Masking.mask(warning, secrets)));
    if (causes.isEmpty()) {
      return Answer.allow(warnings);
    }
    String problems =
        Bounded.text(
            String.join("; ", causes.stream().map(Cause::message).toList()), Answer.MAX_MESSAGE);
    if (mode(review.namespace()) != Mode.ENFORCE) {
      warnings.addFirst("Belay would refuse release %s: %s".formatted(record.name(), problems));
      return Answer.allow(warnings);
    }
    String action = record.status() == HelmStatus.PENDING_INSTALL ? "install" : "upgrade";
    LOG.infof(
        "refused the %s of release %s/%s: %s", action, review.namespace(), record.name(), problems);
    return Answer.deny(
        ("this %s of release %s would fail, so nothing of it was applied: %s"
                + " (to be warned only: kubectl label namespace %s belay.dev/mode=observe --overwrite)")
            .formatted(action, record.name(), problems, review.namespace()),
        causes,
        warnings);
  }

  /** In doubt nothing is denied. */
  private Mode mode(String namespace) {
    try {
      return namespaces.mode(namespace);
    } catch (ClusterException e) {
      LOG.warnf("the mode of namespace %s is not known: %s", namespace, e.getMessage());
      return Mode.OBSERVE;
    }
  }
}
