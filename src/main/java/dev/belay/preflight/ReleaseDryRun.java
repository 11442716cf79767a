package dev.belay.preflight;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Deadline;
import dev.belay.cluster.Discovery;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Quotas;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Comes;
import dev.belay.trace.Traces;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Puts every object of a release to the API server, without applying any, and one Pod of each Pod
 * template: what validation, rights, policies, quotas and other webhooks would refuse half way
 * through is known before.
 */
@ApplicationScoped
public class ReleaseDryRun {

  /** Requests under way at once for one release. */
  private static final int PARALLEL = 8;

  private final ObjectQuestions questions;
  private final QuotaSum quotaSum;
  private final Quotas quotas;
  private final HelmRecords records;
  private final Objects objects;
  private final Discovery discovery;
  private final Policies policies;
  private final Standing standing;
  private final ExecutorService threads;

  ReleaseDryRun(
      ObjectQuestions questions,
      QuotaSum quotaSum,
      Quotas quotas,
      HelmRecords records,
      Objects objects,
      Discovery discovery,
      Policies policies,
      Standing standing,
      Traces traces) {
    this.questions = questions;
    this.quotaSum = quotaSum;
    this.quotas = quotas;
    this.records = records;
    this.objects = objects;
    this.discovery = discovery;
    this.policies = policies;
    this.standing = standing;
    this.threads = traces.carrying(Executors.newVirtualThreadPerTaskExecutor());
  }

  /**
   * What the API server would refuse, and what a person should know besides.
   *
   * @param accepted names of the objects that would be applied
   * @param complete whether every object has been judged
   */
  public record Result(
      List<Problem> refusals, List<String> warnings, Set<String> accepted, boolean complete) {}

  /**
   * What would be refused.
   *
   * @param name name of the object
   * @param field where, if the API server says so; empty if not
   * @param message why, with the name
   */
  public record Problem(String name, String field, String message) {

    private static final Pattern RULE = Pattern.compile("\\[([a-z][a-z-]*)]$");

    /** The rule that refuses it, as it names itself at the end; empty where the API server does. */
    public String rule() {
      Matcher matcher = RULE.matcher(message);
      return matcher.find() ? matcher.group(1) : "";
    }
  }

  /** A question that has been asked about what this names. */
  record Asked(String name, Future<List<Said>> answer) {}

  /** What Helm applied before this change; nothing is read yet. */
  public AppliedBefore before(Change change) {
    return new AppliedBefore(records, objects, change);
  }

  /**
   * The outcome for this change; what has no answer at the deadline is told in a warning.
   *
   * @param before what was applied before it
   */
  public Result run(Change change, AppliedBefore before, Deadline deadline) {
    learnKinds(change);
    Brought brought = Brought.by(change, standing.of(change, before));
    Map<String, List<KubeObject>> read = new ConcurrentHashMap<>();
    Question question =
        new Question(
            change,
            brought,
            before,
            policies,
            namespace -> read.computeIfAbsent(namespace, quotas::of));
    Semaphore slots = new Semaphore(PARALLEL);
    List<Asked> asked = new ArrayList<>();
    for (KubeObject object : change.objects()) {
      String name = object.key().display();
      asked.add(
          new Asked(
              name,
              ask(
                  slots,
                  () ->
                      comes(question, object)
                          .map(why -> coming(name, why))
                          .orElseGet(() -> questions.written(question, object)))));
    }
    for (Change.Hook hook : change.hooks()) {
      String name = hook.display();
      asked.add(
          new Asked(
              name,
              ask(
                  slots,
                  () ->
                      comes(question, hook.object())
                          .map(why -> coming(name, why))
                          .orElseGet(() -> questions.hooked(question, hook)))));
    }
    if (change.record().status() == HelmStatus.PENDING_UPGRADE && change.record().byHelm4()) {
      asked.add(new Asked("what is removed", ask(slots, () -> questions.removed(question))));
    }
    Collected collected = new Collected().collect(asked, deadline);
    List<Problem> together = together(question, collected.created());
    ActsBefore.of(change)
        .ifPresentOrElse(
            hook -> together.forEach(problem -> collected.warn(hook.told(problem.message()))),
            () -> collected.add(together));
    return collected.result();
  }

  /** A kind that was installed a moment ago must not be taken for one that is missing. */
  private void learnKinds(Change change) {
    List<KubeObject> all = new ArrayList<>(change.objects());
    change.hooks().forEach(hook -> all.add(hook.object()));
    try {
      discovery.knownSince(System.nanoTime(), all);
    } catch (ClusterException e) {
      // The question about each object says so.
    }
  }

  private Future<List<Said>> ask(Semaphore slots, Callable<List<Said>> question) {
    return threads.submit(
        () -> {
          slots.acquire();
          try {
            return question.call();
          } finally {
            slots.release();
          }
        });
  }

  /** What of the release it needs: its kind, or its namespace. */
  private Optional<String> comes(Question question, KubeObject object) {
    return question
        .brought()
        .kind(object)
        .or(
            () ->
                question
                    .brought()
                    .namespace(object)
                    .filter(brought -> !isThere(object.namespace()))
                    .map(brought -> "Namespace/" + object.namespace()));
  }

  private static List<Said> coming(String name, String why) {
    return List.of(new Said(name, "", new Comes(why)));
  }

  /** Whether this namespace is known to be there. Out of Belay's reach nothing is known of it. */
  private boolean isThere(String namespace) {
    try {
      return objects.get("v1", "Namespace", "", namespace).isPresent();
    } catch (ClusterException e) {
      if (e.forbidden()) {
        return false;
      }
      throw e;
    }
  }

  private List<Problem> together(Question question, List<KubeObject> created) {
    if (created.isEmpty() || question.brought().quotas().isPresent()) {
      return List.of();
    }
    List<KubeObject> counted = new ArrayList<>(created);
    try {
      if (question.before().allKept()) {
        counted.add(question.change().stored());
      }
      return quotaSum.exceeded(counted);
    } catch (ClusterException e) {
      return List.of(); // Each object alone has been judged.
    }
  }
}
