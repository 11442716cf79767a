package dev.belay.admission;

import dev.belay.admission.Answer.Cause;
import dev.belay.cluster.Deadline;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmRecordException;
import dev.belay.helm.HelmStatus;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ObjectKey;
import dev.belay.preflight.Change;
import dev.belay.preflight.ReleaseDryRun;
import dev.belay.report.Bounded;
import dev.belay.report.Masking;
import dev.belay.validation.Finding;
import dev.belay.validation.Severity;
import dev.belay.validation.Validator;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The check of a whole release before its first object is written: Helm creates its record, with
 * everything it is about to apply in it, and waits for this answer.
 */
@ApplicationScoped
class Preflight implements Webhook {

  /** Records that are read at once: each may inflate to 24 MiB, and all share one heap. */
  private static final int AT_ONCE = 8;

  private final ReleaseDryRun dryRun;
  private final Locks locks;
  private final PassedPreflights passed;
  private final ToldClients told;
  private final Semaphore slots = new Semaphore(AT_ONCE, true);

  Preflight(ReleaseDryRun dryRun, Locks locks, PassedPreflights passed, ToldClients told) {
    this.dryRun = dryRun;
    this.locks = locks;
    this.passed = passed;
    this.told = told;
  }

  @Override
  public String entry() {
    return "preflight";
  }

  @Override
  public Answer review(Review review, Deadline deadline) {
    KubeObject stored = review.object();
    if (!review.operation().equals("CREATE") || !HelmStorage.isRecord(stored)) {
      return Answer.allow();
    }
    HelmStatus status = HelmStatus.of(stored.labels().getOrDefault("status", ""));
    if (status.pending() && !review.dryRun()) {
      told.takeBack(review.namespace(), stored.labels().getOrDefault("name", ""), deadline);
    }
    // Helm's own rollback is never asked about: there is nothing better to go on to.
    return status == HelmStatus.PENDING_ROLLBACK ? Answer.allow() : inTurn(review, deadline);
  }

  private Answer inTurn(Review review, Deadline deadline) {
    boolean slot = false;
    try {
      slot = slots.tryAcquire(deadline.left().toMillis(), TimeUnit.MILLISECONDS);
      return slot
          ? check(review, deadline)
          : Answer.allow(
              List.of(
                  "Belay had no time to check this release: %d others were checked"
                      .formatted(AT_ONCE)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.allow(List.of("Belay is ending, and did not check this release"));
    } finally {
      if (slot) {
        slots.release();
      }
    }
  }

  private Answer check(Review review, Deadline deadline) {
    KubeObject secret = review.object();
    HelmRecord record;
    Change change;
    try {
      record = HelmStorage.read(secret);
      if (record.status() != HelmStatus.PENDING_INSTALL
          && record.status() != HelmStatus.PENDING_UPGRADE) {
        return Answer.allow();
      }
      change = Change.of(secret, record, review.namespace(), review.actor());
    } catch (HelmRecordException | ManifestException e) {
      // Helm reads its own record again and says what is wrong with it better than we can.
      return Answer.allow(
          List.of(
              "Belay could not read Helm's record %s: %s"
                  .formatted(secret.name(), e.getMessage())));
    }
    Optional<String> lock = locks.of(review.namespace(), record);
    if (lock.isPresent()) {
      return Answer.locked(lock.get());
    }
    return answer(review, change, deadline);
  }

  private Answer answer(Review review, Change change, Deadline deadline) {
    List<KubeObject> objects = change.written();
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
    ReleaseDryRun.Result result = dryRun.run(change, refused, deadline);
    Set<String> secrets = Masking.secretValues(objects);
    result
        .refusals()
        .forEach(
            refusal ->
                causes.add(new Cause(refusal.field(), Masking.mask(refusal.message(), secrets))));
    result.warnings().forEach(warning -> warnings.add(Masking.mask(warning, secrets)));
    if (!causes.isEmpty()) {
      return refusal(review, change.record(), causes, warnings);
    }
    if (result.complete() && !review.dryRun()) {
      passed.passed(review.namespace(), change.record().name());
    }
    return Answer.allow(warnings);
  }

  private static Answer refusal(
      Review review, HelmRecord record, List<Cause> causes, List<String> warnings) {
    String problems =
        Bounded.text(
            String.join("; ", causes.stream().map(Cause::message).toList()), Answer.MAX_MESSAGE);
    String action = record.status() == HelmStatus.PENDING_INSTALL ? "install" : "upgrade";
    String summary = "this %s of release %s would fail".formatted(action, record.name());
    return Answer.deny(
        summary,
        ("%s, so nothing of it was applied: %s"
                + " (to be warned only: kubectl label namespace %s belay.dev/mode=observe --overwrite)")
            .formatted(summary, problems, review.namespace()),
        causes,
        warnings);
  }
}
