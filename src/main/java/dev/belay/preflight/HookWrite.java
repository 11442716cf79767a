package dev.belay.preflight;

import dev.belay.cluster.Discovery;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import dev.belay.readiness.QuotaRoom;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Asks about an object of a hook, which Helm always creates anew: what is there of its name is
 * deleted before, unless the hook says otherwise (helm v4.3.1, pkg/action/hooks.go, execHook).
 */
@ApplicationScoped
class HookWrite {

  private final DryRun dryRun;
  private final Objects objects;
  private final Discovery discovery;

  HookWrite(DryRun dryRun, Objects objects, Discovery discovery) {
    this.dryRun = dryRun;
    this.objects = objects;
    this.discovery = discovery;
  }

  /**
   * The outcome. Helm looks a hook's kind up only when it runs it, so one that is missing is found
   * half way.
   */
  Outcome ask(Question question, Change.Hook hook, KubeObject object) {
    if (discovery.find(object.apiVersion(), object.kind()).isEmpty()) {
      String missing =
          "no matches for kind \"%s\" in version \"%s\""
              .formatted(object.kind(), object.apiVersion());
      return question
          .brought()
          .installers()
          .map(runs -> (Outcome) new Unknown(missing, runs + ", which may install its kind"))
          .orElseGet(
              () -> new Refused("", missing + ": install its CustomResourceDefinition first"));
    }
    if (object.name().isEmpty()) {
      return new Refused("metadata.name", "Helm can't wait for a hook without a name");
    }
    boolean serverSide = question.change().record().serverSideApply();
    if (serverSide) {
      DryRun.Answer applied =
          dryRun.apply(object, question.actor(), question.fieldManager(), false, DryRun.STRICT);
      if (applied.response().ok() || !isDeleted(question, hook, object)) {
        return question.outcome(applied);
      }
    }
    DryRun.Answer created =
        dryRun.create(
            object,
            question.actor(),
            question.fieldManager(),
            serverSide ? DryRun.STRICT : DryRun.WARN);
    // Where it was applied first, it is known that something goes before it.
    if (Judgement.byQuota(created.response().message())
        && (serverSide || isDeleted(question, hook, object))) {
      return QuotaRoom.isOne(created.response().message())
          ? Accepted.asItIs(object)
          : new Depends(
              created.response().message() + " (unless what is deleted before makes room)", object);
    }
    if (!created.response().conflict()) {
      return question.outcome(created);
    }
    // Everything else about it has been looked at before its name.
    return hook.deletedBefore()
        ? Accepted.asItIs(object)
        : new Refused("metadata.name", created.response().message());
  }

  /** Whether something of this name is there, and goes before the object is created. */
  private boolean isDeleted(Question question, Change.Hook hook, KubeObject object) {
    return hook.deletedBefore() && objects.live(object, question.actor()).isPresent();
  }
}
