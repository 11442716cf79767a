package dev.belay.watcher;

import dev.belay.api.Rollback.Step;
import dev.belay.cluster.ApiResponse;
import dev.belay.cluster.ClusterException;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.HelmRecords.ReleaseName;
import dev.belay.cluster.Leadership;
import dev.belay.cluster.NodePorts;
import dev.belay.cluster.Objects;
import dev.belay.helm.HelmStatus;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Claim;
import dev.belay.rollback.OtherJobs;
import dev.belay.rollback.Recreation;
import dev.belay.rollback.RemadeClaim;
import dev.belay.rollback.Restoration;
import dev.belay.rollback.TakenAddress;
import dev.belay.rollback.TakenPorts;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Does one step of a rollback; doing it twice is the same as doing it once. */
@ApplicationScoped
class StepRun {

  /** Writes of others that a step gives way to before it says that it can't be done. */
  private static final int ATTEMPTS = 10;

  /** The API server's code for a field that can't be changed, among others. */
  private static final int UNPROCESSABLE = 422;

  private static final int NOT_FOUND = 404;

  private final Objects objects;
  private final NodePorts nodePorts;
  private final Leadership leadership;
  private final HelmRecords records;

  StepRun(Objects objects, NodePorts nodePorts, Leadership leadership, HelmRecords records) {
    this.records = records;
    this.objects = objects;
    this.nodePorts = nodePorts;
    this.leadership = leadership;
  }

  /**
   * What has come of a step.
   *
   * @param refusal why it could not be done; empty when it is done
   * @param live the object that it has restored, as it was found or answered last; empty for none
   * @param again whether it is to be tried again: what stands in its way may go, with another step
   *     or by somebody else's hand
   * @param other what of it can't be as it was, and need not be; empty for nothing
   */
  record Outcome(
      Optional<String> refusal, Optional<KubeObject> live, boolean again, Optional<String> other) {

    static final Outcome DONE =
        new Outcome(Optional.empty(), Optional.empty(), false, Optional.empty());

    static Outcome refused(String why) {
      return new Outcome(Optional.of(why), Optional.empty(), false, Optional.empty());
    }

    private static Outcome restored(KubeObject live, Optional<String> other) {
      return new Outcome(Optional.empty(), Optional.of(live), false, other);
    }

    private static Outcome notYet(String why, boolean late) {
      return new Outcome(Optional.of(why), Optional.empty(), !late, Optional.empty());
    }

    private Outcome of(Step step) {
      return new Outcome(
          refusal.map(why -> step.display() + ": " + why),
          live,
          again,
          other.map(what -> step.display() + ": " + what));
    }
  }

  /**
   * Does this step.
   *
   * @param key the release
   * @param stable the object as it was; null for a step that restores nothing
   * @param known the object as it was read a moment ago; null where it was not. Only what is
   *     written by it is not read again: a write that is based on what has changed since is a
   *     conflict
   * @param late whether the rollback has taken its time: nothing is waited for any more
   * @param ofHelm whether Helm keeps records of the release
   * @throws ClusterException when the API server can't be reached: the step is done later
   */
  Outcome run(
      ReleaseKey key,
      Step step,
      @Nullable KubeObject stable,
      @Nullable KubeObject known,
      boolean late,
      boolean ofHelm) {
    stillLeading();
    Claim claim = Coverage.claim(key);
    Outcome outcome;
    try {
      outcome =
          switch (step.action()) {
            case Keep -> Outcome.DONE;
            case Delete -> delete(claim, step).map(Outcome::refused).orElse(Outcome.DONE);
            case Restore ->
                stable == null
                    ? Outcome.refused("the stored revision does not have it")
                    : restore(claim, stable, known, late, ofHelm);
          };
    } catch (ClusterException e) {
      if (e.forbidden()) {
        outcome = Outcome.refused("Belay has no right to read it; " + Rights.REMEDY);
      } else if (isInTheWay(e)) {
        outcome = Outcome.notYet(String.valueOf(e.getMessage()), late);
      } else {
        throw e;
      }
    }
    return outcome.of(step);
  }

  /**
   * Whether the API server answers, but not for this object: its kind is not served, or a webhook
   * that is asked about it does not answer (apiserver, webhookerrors.ToStatusErr). That holds up no
   * other object, of which one may be what that webhook runs on.
   */
  private static boolean isInTheWay(ClusterException e) {
    return e.code() == NOT_FOUND
        || String.valueOf(e.getMessage()).contains("failed calling webhook");
  }

  private Optional<String> delete(Claim claim, Step step) {
    Optional<KubeObject> live =
        objects.get(step.apiVersion(), step.kind(), step.namespace(), step.name());
    if (live.isEmpty() || !live.get().uid().equals(step.uid())) {
      return Optional.empty();
    }
    Optional<String> others = notOurs(claim, live.get(), "");
    if (others.isPresent()) {
      return others;
    }
    ApiResponse response = objects.delete(live.get());
    // A conflict means that it is another object now, which is not ours to delete.
    return response.ok() || response.notFound() || response.conflict()
        ? Optional.empty()
        : refused(response);
  }

  private Outcome restore(
      Claim claim, KubeObject stored, @Nullable KubeObject known, boolean late, boolean ofHelm) {
    KubeObject stable = stored;
    Optional<String> other = Optional.empty();
    // Whose it said to be when it was stored.
    String owner = claim.owner(stable);
    Optional<String> others = notOurs(claim, stable, owner);
    if (others.isPresent()) {
      return Outcome.refused(others.get());
    }
    String why = "";
    Optional<KubeObject> live =
        known != null && isToBeWritten(stable, known)
            ? Optional.of(known)
            : objects.live(stable, stable.namespace());
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      stillLeading();
      others = live.flatMap(is -> notOurs(claim, is, owner));
      if (others.isPresent()) {
        return Outcome.refused(others.get());
      }
      ApiResponse response;
      if (live.isPresent() && isGoing(live.get())) {
        // What is restored now would vanish with it: it is made anew once it is gone.
        return Outcome.notYet(Going.words(live.get()), late);
      }
      if (live.isEmpty() && stable.kind().equals("Job")) {
        // It had done its work when the revision was verified; doing it twice may do harm.
        return Outcome.DONE;
      }
      if (live.isEmpty()) {
        if (ofHelm) {
          notUninstalled(claim);
        }
        Optional<String> gone = RemadeClaim.volume(stable).filter(volume -> !isKept(volume));
        if (gone.isPresent()) {
          other = Optional.of(RemadeClaim.told(gone.get()));
          stable = RemadeClaim.withoutVolume(stable);
        }
        response = objects.create(Restoration.creation(stable));
      } else if (!Restoration.sameContent(stable, live.get())) {
        response = objects.replace(Restoration.replacement(stable, live.get()));
      } else if (!Restoration.sameManagers(stable, live.get())) {
        response =
            objects.replaceManagedFields(live.get(), Restoration.managers(stable, live.get()));
      } else {
        return Outcome.restored(live.get(), other);
      }
      boolean anew =
          response.code() == UNPROCESSABLE
              && live.isPresent()
              && Recreation.losesNothing(live.get())
              && objects.couldCreate(Restoration.creation(stable));
      if (anew) {
        response = objects.deleteUnchanged(live.get());
      }
      if (response.code() == UNPROCESSABLE
          && live.isPresent()
          && OtherJobs.is(stable, live.get())) {
        return Outcome.DONE;
      }
      if (live.isEmpty() && TakenAddress.isWhy(stable, response.ok() ? "" : response.message())) {
        other = Optional.of(TakenAddress.told(stable));
        stable = TakenAddress.without(stable);
        continue;
      }
      if (TakenPorts.areWhy(stable, response.ok() ? "" : response.message())) {
        return Outcome.refused(withoutTakenPorts(claim, stable, live, late));
      }
      if (!response.ok() && !response.conflict() && !response.notFound()) {
        return refused(response).map(Outcome::refused).orElse(Outcome.DONE);
      }
      if (live.isEmpty() && response.notFound()) {
        return Outcome.notYet(
            "the API server serves no %s in %s any more"
                .formatted(stable.kind(), stable.apiVersion()),
            late);
      }
      // What it answers says whether that was all. A conflict means that a controller wrote in
      // between.
      live = anew ? objects.live(stable, stable.namespace()) : after(stable, response);
      why = response.ok() ? "it is changed again after each restore" : response.message();
    }
    return Outcome.refused(why);
  }

  /** Where volumes can't be read, this one may be kept. */
  private boolean isKept(String volume) {
    try {
      return RemadeClaim.isKept(objects.get("v1", "PersistentVolume", "", volume));
    } catch (ClusterException e) {
      if (!e.forbidden()) {
        throw e;
      }
      return true;
    }
  }

  /** What is as it was, or goes, is read once more: nothing would say that it has changed since. */
  private static boolean isToBeWritten(KubeObject stable, KubeObject known) {
    return known.apiVersion().equals(stable.apiVersion())
        && !isGoing(known)
        && !Restoration.sameContent(stable, known);
  }

  private static boolean isGoing(KubeObject live) {
    return !live.text("", "metadata", "deletionTimestamp").isEmpty();
  }

  /** Restores all of a Service but the ports that others have by now; says who has them. */
  private String withoutTakenPorts(
      Claim claim, KubeObject stable, Optional<KubeObject> live, boolean late) {
    Set<Integer> wanted =
        TakenPorts.wanted(
            stable, live.map(service -> service.list("spec", "ports")).orElse(List.of()));
    List<String> said = new ArrayList<>();
    Set<Integer> taken = new TreeSet<>();
    for (int port : wanted) {
      Optional<String> holder = nodePorts.holder(port);
      if (holder.isPresent()) {
        taken.add(port);
        said.add("%d is Service %s's by now".formatted(port, holder.get()));
      }
    }
    KubeObject rest = TakenPorts.without(stable, taken.isEmpty() ? wanted : taken);
    ApiResponse written =
        live.isEmpty()
            ? objects.create(Restoration.creation(rest))
            : objects.replace(Restoration.replacement(rest, live.get()));
    if (written.conflict()) {
      throw new ClusterException(written.message(), written.code()); // It is all done once more.
    }
    Optional<String> left =
        written.ok()
            ? restore(claim, TakenPorts.with(rest, written.object()), null, late, false).refusal()
            : refused(written);
    return "node port %s; %s. Free it, or take another one in the next change"
        .formatted(
            taken.isEmpty() ? wanted + " was taken" : String.join(", ", said),
            left.map(why -> "and the rest of it was refused: " + why)
                .orElse("the rest of it is restored"));
  }

  private Optional<KubeObject> after(KubeObject stable, ApiResponse response) {
    boolean whole = response.ok() && response.body().path("kind").asText("").equals(stable.kind());
    return whole ? Optional.of(response.object()) : objects.live(stable, stable.namespace());
  }

  /** What Helm deletes just now would stay behind if it were made anew. */
  private void notUninstalled(Claim claim) {
    List<KubeObject> history =
        records.metadata(claim.namespace(), new ReleaseName(claim.release()));
    if (history.isEmpty() || HelmStatus.of(history.getLast().label("status")).uninstall()) {
      throw new ClusterException("Helm uninstalls the release", 0);
    }
  }

  private void stillLeading() {
    if (!leadership.holds()) {
      throw new ClusterException("the Lease was not renewed in time; another watcher goes on", 0);
    }
  }

  private static Optional<String> refused(ApiResponse response) {
    if (response.code() >= 500 || response.code() == 429 || response.code() == 401) {
      throw new ClusterException(response.message(), response.code());
    }
    return Optional.of(Rights.refusal(response));
  }

  /**
   * Why this object is not written: outside the namespace of its release that is done only while it
   * says whose it is, and inside only until another release has taken it over.
   */
  private static Optional<String> notOurs(Claim claim, KubeObject object, String ownerBefore) {
    String owner = claim.owner(object);
    if (claim.permits(object) || (!owner.isEmpty() && owner.equals(ownerBefore))) {
      return Optional.empty();
    }
    return Optional.of(
        owner.isEmpty()
            ? "it is outside the release's namespace and not marked as the release's; if it is, annotate it with "
                + claim.marks()
            : "it belongs to Helm release %s by now, which has taken it over".formatted(owner));
  }
}
