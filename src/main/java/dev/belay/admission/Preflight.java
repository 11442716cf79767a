package dev.belay.admission;

import dev.belay.admission.Answer.Cause;
import dev.belay.api.Mode;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Namespaces;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The check of a whole release before its first object is written: Helm creates its record, with
 * everything it is about to apply in it, and waits for this answer.
 */
@ApplicationScoped
class Preflight {

  private static final Logger LOG = Logger.getLogger(Preflight.class);

  private final ReleaseDryRun dryRun;
  private final Namespaces namespaces;

  Preflight(ReleaseDryRun dryRun, Namespaces namespaces) {
    this.dryRun = dryRun;
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
    return answer(review, record, objects, deadline);
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
        "this %s of release %s would fail, so nothing of it was applied: %s"
            .formatted(action, record.name(), problems),
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
