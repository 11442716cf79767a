package dev.belay.preflight;

import dev.belay.cluster.Discovery;
import dev.belay.cluster.DryRun;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Asks about an object of a hook, which Helm always creates anew: what is there of its name is
 * deleted before, unless the hook says otherwise (helm v4.3.1, pkg/action/hooks.go, execHook).
 */
@ApplicationScoped
class HookWrite {

  private final DryRun dryRun;
  private final Discovery discovery;

  HookWrite(DryRun dryRun, Discovery discovery) {
    this.dryRun = dryRun;
    this.discovery = discovery;
  }

  /**
   * The outcome.
   *
   * @param since when the review began, as {@link System#nanoTime()}: Helm looks a hook's kind up
   *     only when it runs it, so one that is missing is found half way
   */
  Outcome ask(Question question, Change.Hook hook, KubeObject object, long since) {
    if (discovery.findSince(since, object.apiVersion(), object.kind()).isEmpty()) {
      return question.brought().installers()
          ? new Unknown("its kind is not there yet")
          : new Refused(
              "",
              "no matches for kind \"%s\" in version \"%s\": install its CustomResourceDefinition first"
                  .formatted(object.kind(), object.apiVersion()));
    }
    DryRun.Answer answer =
        dryRun.create(
            object,
            question.actor(),
            question.fieldManager(),
            question.change().record().serverSideApply() ? DryRun.STRICT : DryRun.WARN);
    if (answer.response().ok()) {
      return Accepted.of(answer.response());
    }
    if (answer.response().conflict()) {
      // Everything else about it has been looked at before its name.
      return hook.deletedBefore() || question.change().record().serverSideApply()
          ? Accepted.asItIs(object)
          : new Unknown(answer.response().message());
    }
    return question.judged(answer);
  }
}
