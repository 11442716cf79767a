package dev.belay.preflight;

import dev.belay.cluster.Deadline;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
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

  private final ServerSideWrite serverSide;
  private final ClientSideWrite clientSide;
  private final HookWrite hookWrite;
  private final PodDryRun podDryRun;
  private final HelmRecords records;
  private final Objects objects;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  ReleaseDryRun(
      ServerSideWrite serverSide,
      ClientSideWrite clientSide,
      HookWrite hookWrite,
      PodDryRun podDryRun,
      HelmRecords records,
      Objects objects) {
    this.serverSide = serverSide;
    this.clientSide = clientSide;
    this.hookWrite = hookWrite;
    this.podDryRun = podDryRun;
    this.records = records;
    this.objects = objects;
  }

  /**
   * What the API server would refuse, and what a person should know besides.
   *
   * @param complete whether every object has been judged
   */
  public record Result(List<Problem> refusals, List<String> warnings, boolean complete) {}

  /** One object that would be refused: where, and why, with its name. */
  public record Problem(String field, String message) {}

  private record Asked(String name, Callable<List<Said>> question) {}

  /** An outcome, and of what: empty for the object itself, else a clause. */
  record Said(String of, Outcome outcome) {}

  /** What is going to be said of an object. */
  record Answer(String name, Future<List<Said>> said) {}

  /**
   * The outcome for these objects of the change; those without an answer at the deadline are told
   * in a warning.
   *
   * @param left objects of the manifest that need not be asked about
   */
  public Result run(Change change, Set<ObjectKey> left, Deadline deadline) {
    long begun = System.nanoTime();
    Brought brought = Brought.by(change);
    Question question = new Question(change, brought, new AppliedBefore(records, objects, change));
    Set<String> kinds = brought.kinds();
    List<String> skipped = new ArrayList<>();
    List<Asked> all = new ArrayList<>();
    for (KubeObject object : change.objects()) {
      if (comes(question, object, kinds)) {
        skipped.add(object.key().display());
      } else if (!left.contains(object.key())) {
        all.add(new Asked(object.key().display(), () -> written(question, object)));
      }
    }
    for (Change.Hook hook : change.hooks()) {
      String name = "%s (a hook)".formatted(hook.object().key().display());
      if (comes(question, hook.object(), kinds)) {
        skipped.add(name);
      } else {
        all.add(new Asked(name, () -> hooked(question, hook, begun)));
      }
    }
    return new Collected().collect(ask(all), deadline).result(skipped);
  }

  /** Whether its kind, or its namespace, is there only after the release has been applied. */
  private boolean comes(Question question, KubeObject object, Set<String> kinds) {
    return kinds.contains(object.key().groupKind())
        || (question.brought().namespaces().contains(object.namespace())
            && objects.get("v1", "Namespace", "", object.namespace()).isEmpty());
  }

  private List<Said> written(Question question, KubeObject named) {
    Change change = question.change();
    KubeObject object = objects.placed(change.owned(named), change.namespace());
    Outcome outcome =
        change.record().serverSideApply()
            ? serverSide.ask(question, object)
            : clientSide.ask(question, object);
    return withPods(question, outcome, false);
  }

  private List<Said> hooked(Question question, Change.Hook hook, long begun) {
    KubeObject object = objects.placed(hook.object(), question.change().namespace());
    return withPods(question, hookWrite.ask(question, hook, object, begun), true);
  }

  private List<Said> withPods(Question question, Outcome outcome, boolean fresh) {
    KubeObject stored =
        switch (outcome) {
          case Accepted accepted -> accepted.stored();
          case Depends depends -> depends.stored();
          case Refused refused -> null;
          case Unknown unknown -> null;
        };
    Said said = new Said("", outcome);
    return stored == null
        ? List.of(said)
        : List.of(
            said, new Said("its Pods would be refused: ", podDryRun.ask(question, stored, fresh)));
  }

  private List<Answer> ask(List<Asked> all) {
    Semaphore slots = new Semaphore(PARALLEL);
    List<Answer> answers = new ArrayList<>();
    for (Asked asked : all) {
      Future<List<Said>> said =
          threads.submit(
              () -> {
                slots.acquire();
                try {
                  return asked.question().call();
                } finally {
                  slots.release();
                }
              });
      answers.add(new Answer(asked.name(), said));
    }
    return answers;
  }
}
