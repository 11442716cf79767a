package dev.belay.preflight;

import dev.belay.cluster.DryRun;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.preflight.Outcome.Accepted;
import dev.belay.preflight.Outcome.Comes;
import dev.belay.preflight.Outcome.Depends;
import dev.belay.preflight.Outcome.Refused;
import dev.belay.preflight.Outcome.Unknown;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Asks about one object in the way in which it is going to be written, and then about its Pods. */
@ApplicationScoped
class ObjectQuestions {

  private static final String HOOK =
      ". Helm would fail when it runs the hook; with --no-hooks it does not [hook]";

  private final ServerSideWrite serverSide;
  private final ClientSideWrite clientSide;
  private final HookWrite hookWrite;
  private final PodDryRun podDryRun;
  private final Removal removal;
  private final Objects objects;
  private final DryRun dryRun;

  ObjectQuestions(
      ServerSideWrite serverSide,
      ClientSideWrite clientSide,
      HookWrite hookWrite,
      PodDryRun podDryRun,
      Removal removal,
      Objects objects,
      DryRun dryRun) {
    this.serverSide = serverSide;
    this.clientSide = clientSide;
    this.hookWrite = hookWrite;
    this.podDryRun = podDryRun;
    this.removal = removal;
    this.objects = objects;
    this.dryRun = dryRun;
  }

  /** An object of the manifest. */
  List<Said> written(Question question, KubeObject named) {
    Change change = question.change();
    KubeObject object = objects.placed(change.owned(named), change.namespace());
    Outcome outcome =
        withStandIns(
            question,
            object,
            asked ->
                change.record().serverSideApply()
                    ? serverSide.ask(question, asked)
                    : clientSide.ask(question, asked));
    return withPods(
        question, named.key().display(), afterHooks(question, named, object, outcome), false, true);
  }

  private static Outcome withStandIns(
      Question question, KubeObject object, Function<KubeObject, Outcome> ask) {
    return object.key().groupKind().equals("Pod")
        ? StandIns.ask(object, question.brought(), ask).ofItself(object)
        : ask.apply(object);
  }

  /**
   * The outcome, where a hook that runs before may make another of it.
   *
   * @param named the object as the manifest names it, as hooks are
   */
  private Outcome afterHooks(
      Question question, KubeObject named, KubeObject object, Outcome outcome) {
    if (!(outcome instanceof Refused refused)) {
      return outcome;
    }
    Optional<ActsBefore> acting = ActsBefore.of(question.change());
    return acting
        .flatMap(hook -> hook.mayProvide(refused, object))
        .or(
            () ->
                acting
                    .or(() -> ActsBefore.inPlaceOf(named, question.change()))
                    .filter(hook -> isThere(question, object))
                    .map(hook -> hook.mayDelete(question, refused, anew(question, object))))
        .orElse(refused);
  }

  private boolean isThere(Question question, KubeObject object) {
    return !object.name().isEmpty() && objects.live(object, question.actor()).isPresent();
  }

  private DryRun.Answer anew(Question question, KubeObject object) {
    return dryRun.createAnother(
        object,
        question.actor(),
        question.fieldManager(),
        question.change().record().serverSideApply() ? DryRun.STRICT : DryRun.WARN);
  }

  /** An object of a hook. */
  List<Said> hooked(Question question, Change.Hook hook) {
    KubeObject object = objects.placed(hook.object(), question.change().namespace());
    Outcome outcome = withStandIns(question, object, asked -> hookWrite.ask(question, hook, asked));
    return withPods(question, hook.display(), outcome, true, hook.runsAfter()).stream()
        .map(said -> ofHook(hook, said))
        .toList();
  }

  /** Helm's record does not tell whether its hooks are run at all: that they are is a rule. */
  private static Said ofHook(Change.Hook hook, Said said) {
    return switch (said.outcome()) {
      case Refused refused when hook.runsAfter() && Judgement.bySilence(refused.message()) ->
          new Said(
              said.name(),
              said.of(),
              new Depends(
                  refused.message() + " (unless somebody answers when the hook runs)",
                  hook.object()));
      case Refused refused ->
          new Said(said.name(), said.of(), new Refused(refused.field(), refused.message() + HOOK));
      // It makes room again for what comes after it.
      case Accepted accepted when hook.deletedWhenDone() ->
          new Said(said.name(), said.of(), Accepted.asItIs(accepted.stored()));
      default -> said;
    };
  }

  /** What was in the release before, and is not now. */
  List<Said> removed(Question question) {
    return removal.ask(question);
  }

  private List<Said> withPods(
      Question question, String name, Outcome outcome, boolean fresh, boolean outlives) {
    KubeObject stored =
        switch (outcome) {
          case Accepted accepted -> accepted.stored();
          case Depends depends -> depends.stored();
          case Refused refused -> null;
          case Comes comes -> null;
          case Unknown unknown -> null;
        };
    Said said = new Said(name, "", outcome);
    if (stored == null) {
      return List.of(said);
    }
    // What would be created has no Pods yet that could run already.
    boolean anew = fresh || (outcome instanceof Accepted accepted && accepted.created());
    Outcome pods = podDryRun.ask(question, stored, anew, outlives);
    return List.of(said, new Said(name, "its Pods would be refused: ", pods));
  }
}
