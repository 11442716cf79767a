package dev.belay.admission;

import dev.belay.admission.Answer.Cause;
import dev.belay.admission.ToldClients.Taking;
import dev.belay.cluster.Deadline;
import dev.belay.cluster.Lookups;
import dev.belay.helm.HelmRecord;
import dev.belay.helm.HelmRecordException;
import dev.belay.helm.HelmStatus;
import dev.belay.helm.HelmStorage;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ManifestException;
import dev.belay.manifest.ObjectKey;
import dev.belay.masking.Masking;
import dev.belay.preflight.AppliedBefore;
import dev.belay.preflight.Change;
import dev.belay.preflight.ReleaseDryRun;
import dev.belay.preflight.ReleaseDryRun.Problem;
import dev.belay.report.Bounded;
import dev.belay.trace.Traces;
import dev.belay.validation.Finding;
import dev.belay.validation.Lookup;
import dev.belay.validation.Remaining;
import dev.belay.validation.Scope;
import dev.belay.validation.Severity;
import dev.belay.validation.Validator;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * The check of a whole release before its first object is written: Helm creates its record, with
 * everything it is about to apply in it, and waits for this answer.
 */
@ApplicationScoped
class Preflight implements Webhook {

  /** Records that are read at once: each may inflate to 24 MiB, and all share one heap. */
  private static final int AT_ONCE = 8;

  private final ReleaseDryRun dryRun;
  private final Lookups lookups;
  private final Locks locks;
  private final Severities severities;
  private final PassedPreflights passed;
  private final ExecutorService threads;
  private final ToldClients told;
  private final Semaphore slots = new Semaphore(AT_ONCE, true);

  Preflight(
      ReleaseDryRun dryRun,
      Lookups lookups,
      Locks locks,
      Severities severities,
      PassedPreflights passed,
      ToldClients told,
      Traces traces) {
    this.dryRun = dryRun;
    this.lookups = lookups;
    this.locks = locks;
    this.severities = severities;
    this.passed = passed;
    this.told = told;
    this.threads = traces.carrying(Executors.newVirtualThreadPerTaskExecutor());
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
    HelmStatus status = HelmStatus.of(stored.label("status"));
    if (!status.pending() || review.dryRun()) {
      return asked(status, review, deadline);
    }
    // Beside the check: both ask the API server.
    Taking taking = told.takeBack(review.namespace(), stored.label("name"));
    try {
      return asked(status, review, deadline);
    } finally {
      taking.await(deadline);
    }
  }

  /** Helm's own rollback is never asked about: there is nothing better to go on to. */
  private Answer asked(HelmStatus status, Review review, Deadline deadline) {
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

  private Answer check(Review review, Deadline deadline) throws InterruptedException {
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
    Optional<String> lock = locks.of(review.namespace(), record, deadline);
    if (lock.isPresent()) {
      return Answer.locked(lock.get());
    }
    return answer(review, change, deadline);
  }

  private Answer answer(Review review, Change change, Deadline deadline)
      throws InterruptedException {
    List<KubeObject> written = change.written();
    Masking secrets = Masking.of(written);
    Map<String, Severity> policy = severities.of(review.namespace(), change.record().name());
    AppliedBefore before = dryRun.before(change);
    Future<List<Finding>> rules =
        threads.submit(() -> findings(change, before, written, policy, deadline));
    ReleaseDryRun.Result result = dryRun.run(change, before, deadline);
    List<String> warnings = new ArrayList<>();
    List<Cause> causes = new ArrayList<>();
    Set<String> refused = new HashSet<>();
    for (Finding finding : known(rules, deadline)) {
      String name = finding.object().display();
      if (finding.severity() == Severity.WARN) {
        warnings.add(secrets.mask(finding.message()));
      } else if (!result.accepted().contains(name) || policy.get(finding.rule()) == Severity.DENY) {
        // What the API server accepts is right, whatever a rule says, unless a person has said so:
        // a webhook may repair it.
        refused.add(name);
        causes.add(new Cause(finding.field(), secrets.mask(finding.message())));
      }
    }
    // A rule says the same in better words.
    for (Problem problem : result.refusals()) {
      String message = secrets.mask(problem.message());
      switch (policy.getOrDefault(problem.rule(), Severity.DENY)) {
        case DENY -> {
          if (!refused.contains(problem.name())) {
            causes.add(new Cause(problem.field(), message));
          }
        }
        case WARN -> warnings.add(message);
        case OFF -> {}
      }
    }
    // What could not be checked, or hangs on a flag, before what may be missing.
    warnings.addAll(0, result.warnings().stream().map(secrets::mask).toList());
    if (!causes.isEmpty()) {
      return refusal(review, change.record(), causes, warnings);
    }
    if (review.dryRun()) {
      return Answer.allow(warnings);
    }
    // A rollback may have begun since: Helm and it would write side by side.
    Optional<String> lock = locks.of(review.namespace(), change.record(), deadline);
    if (lock.isPresent()) {
      return Answer.locked(lock.get());
    }
    if (result.complete()) {
      passed.passed(review.namespace(), change.record().name());
    }
    return Answer.allow(warnings);
  }

  /** Rules read what the release refers to; they have half of the time, beside the dry run. */
  private List<Finding> findings(
      Change change,
      AppliedBefore before,
      List<KubeObject> written,
      Map<String, Severity> policy,
      Deadline deadline) {
    Duration half = deadline.left().dividedBy(2);
    Supplier<Duration> left = () -> deadline.left().minus(half);
    Future<Set<ObjectKey>> deleted = threads.submit(before::deleted);
    Lookup live = lookups.until(change.namespace(), left);
    Scope scope =
        new Scope(
            change.namespace(), written, new Remaining(live, () -> known(deleted, left.get())));
    return Validator.check(written, scope, policy);
  }

  /** What is not known in time of what goes is taken for what stays: a rule says nothing then. */
  private static Set<ObjectKey> known(Future<Set<ObjectKey>> deleted, Duration left) {
    try {
      return deleted.get(Math.max(0, left.toMillis()), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Set.of();
    } catch (ExecutionException | TimeoutException e) {
      return Set.of();
    }
  }

  private static List<Finding> known(Future<List<Finding>> rules, Deadline deadline)
      throws InterruptedException {
    try {
      return rules.get(deadline.left().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      rules.cancel(true);
      return List.of();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the rules", e.getCause());
    }
  }

  private static Answer refusal(
      Review review, HelmRecord record, List<Cause> causes, List<String> warnings) {
    // What it is about and how to be warned only have their place in any case.
    String problems =
        Bounded.list(causes.stream().map(Cause::message).toList(), Answer.MAX_MESSAGE - 400);
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
