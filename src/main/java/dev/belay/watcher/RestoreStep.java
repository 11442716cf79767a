package dev.belay.watcher;

import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.Leadership;
import dev.belay.cluster.Objects;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Claim;
import dev.belay.rollback.OneWrite;
import dev.belay.rollback.OtherJobs;
import dev.belay.rollback.Recreation;
import dev.belay.rollback.Restoration;
import dev.belay.rollback.TakenPorts;
import dev.belay.watcher.Remaking.Remade;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes one object as it was: looks, writes what is otherwise, and looks again. */
@ApplicationScoped
class RestoreStep {

  /** Writes of others that a step gives way to before it says that it can't be done. */
  private static final int ATTEMPTS = 10;

  /** The API server's code for a field that can't be changed, among others. */
  private static final int UNPROCESSABLE = 422;

  private final Objects objects;
  private final Leadership leadership;
  private final Remaking remaking;
  private final PortHolders holders;

  RestoreStep(Objects objects, Leadership leadership, Remaking remaking, PortHolders holders) {
    this.objects = objects;
    this.leadership = leadership;
    this.remaking = remaking;
    this.holders = holders;
  }

  /**
   * Restores the object.
   *
   * @param stored as it was
   * @param known as it was read a moment ago; null where it was not
   * @param late whether nothing is waited for any more
   * @param ofHelm whether Helm keeps records of the release
   */
  StepOutcome run(
      Claim claim, KubeObject stored, @Nullable KubeObject known, boolean late, boolean ofHelm) {
    KubeObject stable = stored;
    Optional<String> other = Optional.empty();
    // Whose it said to be when it was stored.
    String owner = claim.owner(stable);
    Optional<String> others = claim.forbids(stable, owner);
    if (others.isPresent()) {
      return StepOutcome.refused(others.get());
    }
    String why = "";
    boolean inOne = true;
    LookedUp lookedUp = new LookedUp();
    Optional<KubeObject> live =
        known != null && isToBeWritten(stable, known)
            ? Optional.of(known)
            : objects.live(stable, stable.namespace());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      leadership.requireHeld();
      others = live.flatMap(is -> claim.forbids(is, owner));
      if (others.isPresent()) {
        return StepOutcome.refused(others.get());
      }
      if (live.isPresent() && isGoing(live.get())) {
        // What is restored now would vanish with it: it is made anew once it is gone.
        return StepOutcome.notYet(Going.words(live.get()), late);
      }
      if (live.isEmpty() && stable.kind().equals("Job")) {
        // It had done its work when the revision was verified; doing it twice may do harm.
        return StepOutcome.DONE;
      }
      if (live.isPresent() && isAsItWas(stable, live.get())) {
        return StepOutcome.restored(live.get(), other);
      }
      KubeObject wanted = stable;
      Optional<KubeObject> is = live;
      Optional<OneWrite> one = inOne ? inOneWrite(wanted, is) : Optional.empty();
      Optional<Remade> written =
          lookedUp.of(
              () ->
                  is.isEmpty()
                      ? remaking.create(claim, stored, ofHelm)
                      : Remade.asWanted(wanted, write(wanted, is.get(), one)),
              Remade::response);
      if (written.isEmpty()) {
        live = objects.live(stable, stable.namespace());
        continue;
      }
      stable = written.get().wanted();
      if (is.isEmpty()) {
        other = written.get().other();
      }
      ApiResponse response = written.get().response();
      if (one.isPresent() && !response.conflict() && !response.notFound()) {
        // Should it not have been all, or be refused, then the two writes decide.
        inOne = false;
        if (!response.ok()) {
          continue;
        }
      }
      boolean anew =
          response.code() == UNPROCESSABLE
              && live.isPresent()
              && Recreation.losesNothing(live.get())
              && objects.couldCreate(Restoration.creation(stable));
      if (anew) {
        Optional<ApiResponse> deleted = lookedUp.of(() -> objects.deleteUnchanged(is.get()));
        if (deleted.isEmpty()) {
          live = objects.live(stable, stable.namespace());
          continue;
        }
        response = deleted.get();
      }
      if (response.code() == UNPROCESSABLE
          && live.isPresent()
          && OtherJobs.is(stable, live.get())) {
        return StepOutcome.DONE;
      }
      if (!response.ok() && TakenPorts.areWhy(stable, response.message())) {
        return withoutTakenPorts(claim, stable, live, late, ofHelm);
      }
      if (!response.ok() && !response.conflict() && !response.notFound()) {
        return StepOutcome.refused(response, late);
      }
      if (live.isEmpty() && response.notFound()) {
        return StepOutcome.notYet(
            "the API server serves no %s in %s any more"
                .formatted(stable.kind(), stable.apiVersion()),
            late);
      }
      // What it answers says whether that was all. A conflict means that a controller wrote in
      // between.
      live = anew ? objects.live(stable, stable.namespace()) : after(stable, response);
      why = response.ok() ? "it is changed again after each restore" : response.message();
    }
    return StepOutcome.refused(why);
  }

  /** The write that restores content and managers at once, where there is one. */
  private static Optional<OneWrite> inOneWrite(KubeObject stable, Optional<KubeObject> live) {
    return live.filter(is -> !Restoration.sameContent(stable, is))
        .flatMap(is -> OneWrite.of(stable, is));
  }

  private ApiResponse write(KubeObject stable, KubeObject live, Optional<OneWrite> inOne) {
    if (inOne.isPresent()) {
      OneWrite one = inOne.get();
      return one.applied()
          ? objects.applyAs(one.manager(), one.body())
          : objects.replaceAs(one.manager(), one.body());
    }
    return Restoration.sameContent(stable, live)
        ? objects.replaceManagedFields(live, Restoration.managers(stable, live))
        : objects.replace(Restoration.replacement(stable, live));
  }

  /** What is as it was, or goes, is read once more: nothing would say that it has changed since. */
  private static boolean isToBeWritten(KubeObject stable, KubeObject known) {
    return known.apiVersion().equals(stable.apiVersion())
        && !isGoing(known)
        && !isAsItWas(stable, known);
  }

  private static boolean isAsItWas(KubeObject stable, KubeObject live) {
    return Restoration.sameContent(stable, live) && Restoration.sameManagers(stable, live);
  }

  /**
   * Whether there is nothing to be done, if the object is still as it was read.
   *
   * @param known as it was read
   */
  static boolean isDone(Claim claim, KubeObject stable, KubeObject known) {
    return known.apiVersion().equals(stable.apiVersion())
        && !isGoing(known)
        && claim.forbids(stable, claim.owner(stable)).isEmpty()
        && claim.forbids(known, claim.owner(stable)).isEmpty()
        && isAsItWas(stable, known);
  }

  private static boolean isGoing(KubeObject live) {
    return !live.text("", "metadata", "deletionTimestamp").isEmpty();
  }

  /** Restores all of a Service but the ports that others have by now; says who has them. */
  private StepOutcome withoutTakenPorts(
      Claim claim, KubeObject stable, Optional<KubeObject> live, boolean late, boolean ofHelm) {
    PortHolders.Held held = holders.of(stable, live);
    KubeObject rest = TakenPorts.without(stable, held.ports());
    ApiResponse written =
        live.isEmpty()
            ? remaking.create(claim, rest, ofHelm).response()
            : objects.replace(Restoration.replacement(rest, live.get()));
    if (written.conflict()) {
      throw new ClusterException(written.message(), written.code()); // It is all done once more.
    }
    StepOutcome left =
        written.ok()
            ? run(claim, TakenPorts.with(rest, written.object()), null, late, ofHelm)
            : StepOutcome.refused(written, late);
    String why =
        "node port %s; %s. Free it, or take another one in the next change"
            .formatted(
                held.words(),
                left.refusal()
                    .map(refusal -> "and the rest of it was refused: " + refusal)
                    .orElse("the rest of it is restored"));
    return left.again() ? StepOutcome.notYet(why, late) : StepOutcome.refused(why);
  }

  private Optional<KubeObject> after(KubeObject stable, ApiResponse response) {
    boolean whole = response.ok() && response.body().path("kind").asText("").equals(stable.kind());
    return whole ? Optional.of(response.object()) : objects.live(stable, stable.namespace());
  }
}
