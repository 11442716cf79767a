package dev.belay.watcher;

import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Action;
import dev.belay.api.Rollback.Step;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.membership.Claim;
import dev.belay.revision.Revision;
import dev.belay.rollback.Stages;
import dev.belay.trace.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One pass over the steps of a rollback; what need not wait for each other is done side by side.
 */
@ApplicationScoped
class AllSteps {

  private final StepRun steps;
  private final ManyObjects many;
  private final WatcherTraces traces;

  AllSteps(StepRun steps, ManyObjects many, WatcherTraces traces) {
    this.steps = steps;
    this.many = many;
    this.traces = traces;
  }

  /**
   * What has come of them.
   *
   * @param refusals why some could not be done; empty when all are
   * @param later why some have to be done later, and all once more with them; empty when none has
   * @param restored what is restored, as it was found or answered last
   * @param others what of it can't be as it was, and need not be
   */
  record Done(List<String> refusals, List<String> later, Restored restored, List<String> others) {

    private Done(ReleaseKey key) {
      this(new ArrayList<>(), new ArrayList<>(), new Restored(key), new ArrayList<>());
    }

    private void note(StepOutcome outcome) {
      outcome.refusal().ifPresent(outcome.again() ? later::add : refusals::add);
      outcome.other().ifPresent(others::add);
    }
  }

  /**
   * Does all steps, in their order.
   *
   * @param live objects as the failed change has left them, as far as they have been read
   * @param late whether the rollback has taken its time: nothing is waited for any more
   * @param ofHelm whether Helm keeps records of the release
   */
  Done run(
      ReleaseKey key,
      Rollback rollback,
      Revision target,
      Map<ObjectKey, KubeObject> live,
      boolean late,
      boolean ofHelm) {
    Done done = new Done(key);
    try (Work pass = traces.restoring(key, rollback)) {
      Map<ObjectKey, KubeObject> stable = new HashMap<>();
      target.objects().forEach(object -> stable.put(object.key(), object));
      for (List<Step> together : Stages.of(rollback.steps())) {
        stage(key, together, stable, live, pass, done, late, ofHelm);
      }
      if (!done.later.isEmpty() || !done.refusals.isEmpty()) {
        pass.failed();
      }
    }
    return done;
  }

  /**
   * Does these steps: first what there is to write, and then, with a request for many of a kind,
   * makes sure that nothing else has become otherwise since it was read.
   */
  private void stage(
      ReleaseKey key,
      List<Step> together,
      Map<ObjectKey, KubeObject> stable,
      Map<ObjectKey, KubeObject> live,
      Work pass,
      Done done,
      boolean late,
      boolean ofHelm) {
    Claim claim = Coverage.claim(key);
    Function<Step, StepOutcome> run =
        pass.carrying(
            step -> step(key, step, wanted(step, stable), live, late, ofHelm, done.restored));
    List<Optional<StepOutcome>> written =
        AtOnce.map(
            together,
            pass.carrying(
                step ->
                    isDone(claim, wanted(step, stable), live)
                        ? nothingToWrite(step)
                        : Optional.of(run.apply(step))));
    List<Step> asTheyWere = new ArrayList<>();
    List<KubeObject> read = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      written.get(i).ifPresent(done::note);
      KubeObject known = live.get(key(together.get(i)));
      if (written.get(i).isEmpty() && known != null) {
        asTheyWere.add(together.get(i));
        read.add(known);
      }
    }
    Map<ObjectKey, KubeObject> unchanged = many.unchanged(key, read);
    unchanged.values().forEach(done.restored::add);
    asTheyWere.removeIf(step -> unchanged.containsKey(key(step)));
    AtOnce.map(asTheyWere, run).forEach(done::note);
  }

  private Optional<StepOutcome> nothingToWrite(Step step) {
    traces.step(step).close();
    return Optional.empty();
  }

  private static boolean isDone(
      Claim claim, @Nullable KubeObject wanted, Map<ObjectKey, KubeObject> live) {
    KubeObject known = wanted == null ? null : live.get(wanted.key());
    return wanted != null && known != null && RestoreStep.isDone(claim, wanted, known);
  }

  /** Does this step, and notes what it restored. */
  private StepOutcome step(
      ReleaseKey key,
      Step step,
      @Nullable KubeObject stable,
      Map<ObjectKey, KubeObject> live,
      boolean late,
      boolean ofHelm,
      Restored restored) {
    try (Work work = traces.step(step)) {
      StepOutcome outcome =
          steps.run(
              key, step, stable, stable == null ? null : live.get(stable.key()), late, ofHelm);
      if (outcome.refusal().isPresent()) {
        work.failed();
      }
      outcome.live().ifPresent(restored::add);
      return outcome;
    }
  }

  /** What a step restores; null where it restores nothing, or the revision does not have it. */
  private static @Nullable KubeObject wanted(Step step, Map<ObjectKey, KubeObject> stable) {
    KubeObject object = step.action() == Action.Restore ? stable.get(key(step)) : null;
    return object != null && object.apiVersion().equals(step.apiVersion()) ? object : null;
  }

  private static ObjectKey key(Step step) {
    int slash = step.apiVersion().indexOf('/');
    String group = slash < 0 ? "" : step.apiVersion().substring(0, slash);
    return new ObjectKey(group, step.kind(), step.namespace(), step.name());
  }
}
