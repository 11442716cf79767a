package dev.belay.watcher;

import dev.belay.api.Rollback;
import dev.belay.api.Rollback.Step;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.revision.Revision;
import dev.belay.trace.Work;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One pass over the steps of a rollback; what need not wait for each other is done side by side.
 */
@ApplicationScoped
class AllSteps {

  private final StepRun steps;
  private final WatcherTraces traces;

  AllSteps(StepRun steps, WatcherTraces traces) {
    this.steps = steps;
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
      for (List<Step> together : byKind(rollback.steps())) {
        AtOnce.map(
                together,
                pass.carrying(step -> step(key, step, target, live, late, ofHelm, done.restored)))
            .forEach(done::note);
      }
      if (!done.later.isEmpty() || !done.refusals.isEmpty()) {
        pass.failed();
      }
    }
    return done;
  }

  /** Does this step, and notes what it restored. */
  private StepOutcome step(
      ReleaseKey key,
      Step step,
      Revision target,
      Map<ObjectKey, KubeObject> live,
      boolean late,
      boolean ofHelm,
      Restored restored) {
    KubeObject stable = find(target, step);
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

  /** Steps that need not wait for each other: the same is done to objects of the same kind. */
  private static List<List<Step>> byKind(List<Step> steps) {
    List<List<Step>> groups = new ArrayList<>();
    for (Step step : steps) {
      Step before = groups.isEmpty() ? null : groups.getLast().getFirst();
      if (before == null
          || before.action() != step.action()
          || !before.kind().equals(step.kind())
          || !before.apiVersion().equals(step.apiVersion())) {
        groups.add(new ArrayList<>());
      }
      groups.getLast().add(step);
    }
    return groups;
  }

  private static @Nullable KubeObject find(Revision target, Step step) {
    for (KubeObject object : target.objects()) {
      if (object.name().equals(step.name())
          && object.kind().equals(step.kind())
          && object.apiVersion().equals(step.apiVersion())
          && object.namespace().equals(step.namespace())) {
        return object;
      }
    }
    return null;
  }
}
